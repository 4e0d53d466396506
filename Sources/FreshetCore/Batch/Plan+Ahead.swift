extension Plan {
    /// The own keys of what changed, of the kinds that are removed ahead of their cascades.
    ///
    /// None where more than `limit` changed: behind a backlog a moment is nothing, and each key would cost twice.
    package func keysToRemoveAhead(_ graph: Graph, limit: Int) -> ByteArena {
        var keys = ByteArena()
        guard changedCount <= limit else { return keys }
        let spellings = KeySpellings(graph)
        let isAhead = graph.kinds.map(\.removesAhead)
        var key: [UInt8] = []
        for node in nodes[..<changedCount] where isAhead[Int(node.ref.kind.value)] {
            for number in 0..<spellings.keyCount(node.ref.kind) {
                key.removeAll(keepingCapacity: true)
                // A key that is too long was never written, so there is nothing to remove.
                guard spellings.write(node.ref, number, graph, pool: buffer.pool, into: &key) else { continue }
                key.withUnsafeBytes { _ = keys.append($0) }
            }
        }
        return keys
    }
}
