import FreshetCore

/// How many bytes of documents a changed entity brings with it, by what the batches before brought: all of a batch are
/// in memory together, from PostgreSQL's answers until Redis has them.
package struct DocumentEstimate {
    /// Before the first batch.
    private static let unknown = 4_096
    /// Entities from which on a batch says something about others.
    private static let enough = 64
    package private(set) var bytesPerEntity: Int

    package init(_ graph: Graph) {
        let writes = graph.kinds.contains { $0.onChange == .refresh || $0.onReach == .refresh }
        bytesPerEntity = writes ? Self.unknown : 0
    }

    package mutating func note(bytes: Int, entities: Int) {
        if entities >= Self.enough { bytesPerEntity = bytes / entities }
    }

    /// Whether so many entities fill a batch.
    package func fill(_ entities: Int, _ settings: WorkerSettings) -> Bool {
        bytesPerEntity > 0 && entities > settings.batchDocumentBytes / bytesPerEntity
    }
}
