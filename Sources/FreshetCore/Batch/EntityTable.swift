/// Finds the node of an entity: open addressing over node numbers, reused from batch to batch.
package struct EntityTable: Sendable {
    /// 0 is empty. Otherwise the lower bits, as many as it takes to number the slots, are node + 1; the bits above are
    /// those of the entity's hash, and decide without a look at the node: that look is a wait for memory. The hash's
    /// lower bits say where the search begins. A power of two; a small table is at most half full, a large one seven
    /// eighths, as its size is what a long backlog takes.
    private var slots: [UInt32] = Self.empty
    private var used = 0

    private static let smallest = 1024
    private static let large = 262_144
    /// From so many nodes on, place for as many as a batch may come to: pages that nobody touched take no memory, and a
    /// growing array holds what it has twice while it grows.
    private static let manyNodes = 65_536
    private static let mostNodes = 1 << 20
    /// Slots behind the first one that mostly came along with it.
    private static let near: UInt32 = 4
    private static let empty = [UInt32](repeating: 0, count: smallest)

    package init() {}

    package mutating func removeAll() {
        guard used > 0 else { return }
        // Small batches don't pay for clearing what a large one needed.
        if slots.count > Self.smallest && used * 16 < slots.count {
            slots = Self.empty
        } else {
            slots.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        }
        used = 0
    }

    /// The node that is most likely the entity's, after one wait for memory; -1: none was found. No node is touched.
    @inline(__always)
    func candidate(_ ref: EntityRef) -> Int32 {
        let hash = Self.hash(ref)
        let mask = UInt32(truncatingIfNeeded: slots.count - 1)
        for step in 0..<Self.near {
            let entry = slots[Int((hash &+ step) & mask)]
            if (entry ^ hash) & ~mask == 0 && entry != 0 { return Int32(truncatingIfNeeded: entry & mask) - 1 }
            if entry == 0 { break }
        }
        return -1
    }

    package func find(_ ref: EntityRef, in nodes: [Node]) -> Int? {
        let found = look(ref, nodes)
        return found.node < 0 ? nil : found.node
    }

    /// The node of `ref`; appended to `nodes` if it is new.
    @inline(__always)
    package mutating func findOrAppend(_ ref: EntityRef, to nodes: inout [Node]) -> (index: Int, isNew: Bool) {
        if used >= bound { grow(&nodes) }
        let found = look(ref, nodes)
        if found.node >= 0 { return (found.node, false) }
        nodes.append(Node(ref))
        let mask = UInt32(truncatingIfNeeded: slots.count - 1)
        slots[found.slot] = Self.hash(ref) & ~mask | UInt32(truncatingIfNeeded: nodes.count)
        used += 1
        return (nodes.count - 1, true)
    }

    /// The node of `ref`, or -1 and the slot where it would stand.
    @inline(__always)
    private func look(_ ref: EntityRef, _ nodes: [Node]) -> (node: Int, slot: Int) {
        let hash = Self.hash(ref)
        let mask = UInt32(truncatingIfNeeded: slots.count - 1)
        var slot = hash & mask
        while true {
            let entry = slots[Int(slot)]
            if entry == 0 { return (-1, Int(slot)) }
            if (entry ^ hash) & ~mask == 0 {
                let index = Int(entry & mask) - 1
                if nodes[index].stands(for: ref) { return (index, Int(slot)) }
            }
            slot = (slot + 1) & mask
        }
    }

    /// Forgets every node but these.
    package mutating func rebuild(_ nodes: [Node]) {
        slots.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        insert(nodes)
    }

    @inline(never)
    private mutating func grow(_ nodes: inout [Node]) {
        // What is let go first needn't be there beside what takes its place.
        let count = slots.count * 2
        slots = []
        slots = Array(repeating: 0, count: count)
        insert(nodes)
        if nodes.count >= Self.manyNodes && nodes.capacity < Self.mostNodes { nodes.reserveCapacity(Self.mostNodes) }
    }

    private var bound: Int { slots.count < Self.large ? slots.count / 2 : slots.count / 8 * 7 }

    private mutating func insert(_ nodes: [Node]) {
        let mask = UInt32(truncatingIfNeeded: slots.count - 1)
        for (index, node) in nodes.enumerated() {
            let hash = Self.hash(node.ref)
            var slot = hash & mask
            while slots[Int(slot)] != 0 { slot = (slot + 1) & mask }
            slots[Int(slot)] = hash & ~mask | UInt32(truncatingIfNeeded: index + 1)
        }
        used = nodes.count
    }

    @inline(__always)
    private static func hash(_ ref: EntityRef) -> UInt32 {
        var h = ref.low ^ (ref.high &* 0x9e37_79b9_7f4a_7c15) ^ (UInt64(ref.kind.value) << 48)
        h = (h ^ (h >> 32)) &* 0xd6e8_feb8_6659_fd93
        return UInt32(truncatingIfNeeded: h >> 32)
    }
}
