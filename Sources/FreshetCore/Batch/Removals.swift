/// The entities of a plan whose keys are only removed, where they are so many that they go beside the script: a fence
/// for each of their buckets would cost more than the removals, and refuse nearly as many older writes as the fence of
/// all buckets does. What is written goes by `Emission`, after them.
package struct Removals: Sendable {
    private let bounds: Emission.Bounds
    private var next: Int
    private var left: Int
    private var spellings: KeySpellings
    private var key: [UInt8] = []

    /// nil where they are few. `onlyReached` leaves the changed entities for later.
    package init?(_ plan: Plan, _ graph: Graph, bounds: Emission.Bounds, onlyReached: Bool) {
        self.bounds = bounds
        spellings = KeySpellings(graph)
        next = onlyReached ? plan.changedCount : 0
        guard plan.nodes.count - next >= bounds.removalsFrom else { return nil }
        left = 0
        for index in next..<plan.nodes.count where Self.isOnlyRemoved(index, plan, graph) { left += 1 }
        guard left >= bounds.removalsFrom else { return nil }
    }

    /// The keys of one call; nil where there are no more.
    package mutating func keys(_ plan: inout Plan, _ graph: Graph) -> ByteArena? {
        guard left > 0 else { return nil }
        var keys = ByteArena()
        keys.reserve(min(left, bounds.removalsPerCall), bytesEach: 24)
        while next < plan.nodes.count && keys.count < bounds.removalsPerCall {
            if Self.isOnlyRemoved(next, plan, graph) {
                append(plan.nodes[next].ref, to: &keys, plan, graph)
                plan.update(next) { $0.isEmitted = true }
                left -= 1
            }
            next += 1
        }
        return keys
    }

    private mutating func append(_ entity: EntityRef, to keys: inout ByteArena, _ plan: Plan, _ graph: Graph) {
        for number in 0..<spellings.keyCount(entity.kind) {
            key.removeAll(keepingCapacity: true)
            // A key that is too long was never written, so there is nothing to remove.
            guard spellings.write(entity, number, graph, pool: plan.buffer.pool, into: &key) else { continue }
            key.withUnsafeBytes { _ = keys.append($0) }
        }
    }

    private static func isOnlyRemoved(_ index: Int, _ plan: Plan, _ graph: Graph) -> Bool {
        let node = plan.nodes[index]
        return !node.isEmitted && !plan.writes(node, graph)
    }
}

extension Plan {
    /// Whether a node's keys get their document, where there is one.
    func writes(_ node: Node, _ graph: Graph) -> Bool {
        guard node.documents >= 0, !nodes[Int(node.root)].isGated else { return false }
        let kind = graph.kinds[Int(node.ref.kind.value)]
        return node.writes(onChange: kind.onChange, onReach: kind.onReach)
    }
}
