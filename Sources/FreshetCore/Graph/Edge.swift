/// When an entity of `from` changes, these entities of `to` change too.
package struct Edge: Sendable {
    package enum Resolution: Sendable {
        /// Index into `Graph.statements`: takes ids of `from`, returns pairs (`from` id parts, `to` id parts).
        case sql(statement: Int)
        /// A field of the event's payload (path of names). Only for changes themselves, not further along a cascade.
        case field([String])
        /// Every entity of `to`: floor first, then scan and unlink. Right but dear.
        case all
        /// Every key that a pattern matches, its `{part}` replaced by `from`'s id: floor first, then scan and unlink.
        case pattern([KeyTemplate.Piece])
    }

    /// Unique; made from the kinds where it isn't given.
    package var name: String
    package var from: KindIndex
    /// nil for a key pattern.
    package var to: KindIndex?
    package var resolution: Resolution
    /// A cascade does not go on from the entities that this edge reaches.
    package var stops: Bool
    /// Resolved through a child that can move or be deleted: the last known parents are remembered.
    package var remembers: Bool
    /// Lists every pair of the edge, ordered by child, so that the memory can be whole: index into `Graph.statements`;
    /// it takes no ids.
    package var pairs: Int?
    /// The dependant's read model is a projection of its own, behind the events.
    package var isProjected: Bool

    package init(
        name: String, from: KindIndex, to: KindIndex?, resolution: Resolution, stops: Bool, remembers: Bool,
        isProjected: Bool, pairs: Int? = nil
    ) {
        self.name = name
        self.from = from
        self.to = to
        self.resolution = resolution
        self.stops = stops
        self.remembers = remembers
        self.isProjected = isProjected
        self.pairs = pairs
    }
}
