/// Which targets that payloads name a plan has already: of many events about one entity most name the same ones, so
/// what a long window keeps are entities and not events.
struct TargetSieve: Sendable {
    private struct Name: Hashable, Sendable {
        var node: Int32
        var target: ChangeBuffer.Target
    }

    /// Those before it are different ones.
    private var kept = 0
    /// By node the place of the target that it named first.
    private var first: [Int32] = []
    private var known: Set<Name> = []

    mutating func removeAll() {
        kept = 0
        first.removeAll(keepingCapacity: true)
        known.removeAll()
    }

    /// Of what was added since the last time each target of a node stays once.
    mutating func compact(_ targets: inout [(node: Int32, target: ChangeBuffer.Target)]) {
        for place in kept..<targets.count {
            let (node, target) = targets[place]
            while first.count <= Int(node) { first.append(-1) }
            let before = first[Int(node)]
            if before >= 0, targets[Int(before)].target == target { continue }
            guard known.insert(Name(node: node, target: target)).inserted else { continue }
            if before < 0 { first[Int(node)] = Int32(kept) }
            targets[kept] = targets[place]
            kept += 1
        }
        targets.removeSubrange(kept...)
    }
}
