/// What a transaction of the played application changes.
struct Commit {
    enum Write {
        /// Inserts or updates a child: it belongs to `parent` now.
        case child(Int64, parent: Int64)
        case deleteChild(Int64)
        /// Inserts or updates a parent.
        case parent(Int64)
    }

    var transaction: UInt64
    var writes: [Write]
    /// When other sessions see it; an event of a capture topic may come before.
    var visibleAt: UInt64
}
