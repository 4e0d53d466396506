/// The entities of a plan whose keys are only removed, where they are so many that they go beside the script, which
/// costs more than a plain removal does. What is written goes by `Emission`, after them.
package struct Removals: Sendable {
    private let bounds: Emission.Bounds
    private let traits: [KindTraits]
    /// The reached entities, and then the changed ones.
    private let parts: [Range<Int>]
    private var part = 0
    /// The entity that is looked at next, and how many of those that go are left.
    private var next: Int
    private var left: Int
    private let spellings: KeySpellings
    private var key: [UInt8] = []

    /// nil where they are few. `onlyReached` leaves the changed entities for later; so they are where anything is
    /// written, by the script then: a changed entity goes after what it reached.
    package init?(_ plan: Plan, _ graph: Graph, bounds: Emission.Bounds, onlyReached: Bool) {
        guard plan.nodes.count >= bounds.removalsFrom else { return nil }
        let traits = graph.traits
        let isWritten = plan.nodes.indices.contains { !plan.nodes[$0].isEmitted && plan.writes($0, traits) }
        let changed = onlyReached || isWritten ? [] : [0..<plan.changedCount]
        parts = [plan.changedCount..<plan.nodes.count] + changed
        left = 0
        for part in parts { for index in part where Self.isOnlyRemoved(index, plan, traits) { left += 1 } }
        guard left >= bounds.removalsFrom else { return nil }
        self.bounds = bounds
        self.traits = traits
        spellings = KeySpellings(graph)
        next = plan.changedCount
    }

    /// The keys of one call; nil where there are no more.
    package mutating func keys(_ plan: inout Plan, _ graph: Graph) -> ByteArena? {
        guard left > 0 else { return nil }
        var keys = ByteArena()
        keys.reserve(min(left, bounds.removalsPerCall), bytesEach: 24)
        while left > 0 && keys.count < bounds.removalsPerCall && keys.byteCount < bounds.bytesPerCall {
            if next == parts[part].upperBound {
                part += 1
                next = parts[part].lowerBound
                continue
            }
            if Self.isOnlyRemoved(next, plan, traits) {
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

    private static func isOnlyRemoved(_ index: Int, _ plan: Plan, _ traits: [KindTraits]) -> Bool {
        !plan.nodes[index].isEmitted && !plan.writes(index, traits)
    }
}
