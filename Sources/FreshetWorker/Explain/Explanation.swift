import FreshetCore

/// What a change of one entity would touch, and why; nothing is written.
package struct Explanation: Sendable {
    package struct Key: Hashable, Sendable {
        package var text: String
        package var treatment: Kind.Treatment
        /// Longer than the namespace allows: no such key can exist.
        package var isTooLong: Bool

        package init(text: String, treatment: Kind.Treatment, isTooLong: Bool) {
            self.text = text
            self.treatment = treatment
            self.isTooLong = isTooLong
        }
    }

    package struct Entity: Hashable, Sendable {
        package var name: String
        package var kind: String
        /// Edges from the changed entity; 0 is that entity itself.
        package var level: Int
        /// Index of the entity that led here first, and the edge; nil for the changed entity.
        package var parent: Int?
        package var edge: String?
        /// The cascade does not go on from here.
        package var stops: Bool
        package var keys: [Key]

        package init(
            name: String, kind: String, level: Int, parent: Int?, edge: String?, stops: Bool, keys: [Key]
        ) {
            self.name = name
            self.kind = kind
            self.level = level
            self.parent = parent
            self.edge = edge
            self.stops = stops
            self.keys = keys
        }
    }

    /// Keys that are found by scanning.
    package struct Sweep: Hashable, Sendable {
        package var patterns: [String]
        /// Index of the entity whose change sweeps, and the edge.
        package var entity: Int
        package var edge: String

        package init(patterns: [String], entity: Int, edge: String) {
            self.patterns = patterns
            self.entity = entity
            self.edge = edge
        }
    }

    /// The changed entity first, then level by level.
    package var entities: [Entity]
    package var sweeps: [Sweep]
    /// Edges whose dependants only an event's payload names.
    package var unresolved: [String]
    /// The bound on entities was met: there are more.
    package var isCut: Bool

    package init(entities: [Entity], sweeps: [Sweep], unresolved: [String], isCut: Bool) {
        self.entities = entities
        self.sweeps = sweeps
        self.unresolved = unresolved
        self.isCut = isCut
    }

    package var keyCount: Int { entities.reduce(0) { $0 + $1.keys.count } }

    /// From the changed entity to this one: `match:4711`, `standings:1`.
    package func path(to entity: Int) -> [String] {
        var names: [String] = []
        var next: Int? = entity
        while let index = next {
            names.append(entities[index].name)
            next = entities[index].parent
        }
        return names.reversed()
    }
}
