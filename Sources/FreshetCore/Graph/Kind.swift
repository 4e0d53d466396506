/// A type of entity.
package struct Kind: Sendable {
    /// What happens to an entity's keys when it is touched.
    package enum Treatment: String, Sendable, CaseIterable {
        /// Read again and written through.
        case refresh
        case invalidate
    }

    package struct IDPart: Hashable, Sendable {
        package var name: String
        package var type: IDType

        package init(name: String, type: IDType) {
            self.name = name
            self.type = type
        }
    }

    /// For kinds whose read model is a projection of its own, behind the events.
    package struct Gate: Hashable, Sendable {
        /// How long the row may stay behind its event before the record goes to the retry topic; milliseconds.
        package var deadline: Int64
        /// How long until the row is looked at again; milliseconds.
        package var interval: Int64

        package init(deadline: Int64, interval: Int64) {
            self.deadline = deadline
            self.interval = interval
        }
    }

    package var name: String
    package var id: [IDPart]
    package var keys: [KeyTemplate]
    package var onChange: Treatment
    package var onReach: Treatment
    /// Whether the read models return the entity's version (column `version`): events below it are superseded.
    package var hasVersion: Bool
    package var gate: Gate?
    /// Invalidate once more this many milliseconds later, for readers that fill with a plain SET; nil: don't.
    package var secondSweep: Int64?
    /// A changed entity's own keys are removed before its cascade is known, besides with it: sooner, but no longer in
    /// one step with what depends on it. What is cached at rest is the same, so it isn't in the fingerprint.
    package var removesAhead = false
    /// Edges that lead away from this kind: indices into `Graph.edges`.
    package var edges: [Int]
    /// Changes when SQL, template, TTL or an edge that reaches this kind changes; 16 hex digits.
    package var fingerprint: String
    /// Lists the ids that `warm` loads, the most wanted first: index into `Graph.statements`; it takes no ids.
    package var warm: Int?
    /// What workers do for it by themselves. No cached value depends on it, so it isn't in the fingerprint.
    package var upkeep = KindUpkeep()

    package init(
        name: String, id: [IDPart], keys: [KeyTemplate], onChange: Treatment, onReach: Treatment, hasVersion: Bool,
        gate: Gate?, secondSweep: Int64?, edges: [Int], fingerprint: String, warm: Int? = nil
    ) {
        self.name = name
        self.id = id
        self.keys = keys
        self.onChange = onChange
        self.onReach = onReach
        self.hasVersion = hasVersion
        self.gate = gate
        self.secondSweep = secondSweep
        self.edges = edges
        self.fingerprint = fingerprint
        self.warm = warm
    }

    /// Whether an id is held in the batch's `TextPool` rather than in the `EntityRef` itself.
    package var isPooled: Bool { id.count > 1 || id[0].type == .text }
}
