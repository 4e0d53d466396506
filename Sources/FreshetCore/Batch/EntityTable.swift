/// Finds the node of an entity: open addressing over node numbers, reused from batch to batch.
package struct EntityTable: Sendable {
    /// 0 is empty. Otherwise the lower half is node + 1, and the upper half the entity's mark, which decides without a
    /// look at the node: that look is a wait for memory. A power of two; a small table is at most half full, a large
    /// one three quarters, as its size is what a long backlog takes.
    private var slots: [UInt64] = Self.empty
    private var used = 0

    private static let smallest = 1024
    private static let large = 262_144
    /// From so many nodes on, place for as many as a batch may come to: pages that nobody touched take no memory, and a
    /// growing array holds what it has twice while it grows.
    private static let manyNodes = 65_536
    private static let mostNodes = 1 << 20
    private static let empty = [UInt64](repeating: 0, count: smallest)

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

    /// The node that is most likely the entity's, after one look; -1 for none. The node itself isn't touched.
    @inline(__always)
    func candidate(_ ref: EntityRef) -> Int32 {
        let wanted = Self.mark(ref)
        let entry = slots[Int(wanted) & (slots.count - 1)]
        return UInt32(truncatingIfNeeded: entry >> 32) == wanted ? Int32(truncatingIfNeeded: entry) - 1 : -1
    }

    package func find(_ ref: EntityRef, in nodes: [Node]) -> Int? {
        let wanted = Self.mark(ref)
        let mask = slots.count - 1
        var slot = Int(wanted) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            if UInt32(truncatingIfNeeded: entry >> 32) == wanted {
                let index = Self.index(entry)
                if nodes[index].stands(for: ref) { return index }
            }
            slot = (slot + 1) & mask
        }
    }

    /// The node of `ref`; appended to `nodes` if it is new.
    @inline(__always)
    package mutating func findOrAppend(_ ref: EntityRef, to nodes: inout [Node]) -> (index: Int, isNew: Bool) {
        if used >= bound { grow(&nodes) }
        let wanted = Self.mark(ref)
        let mask = slots.count - 1
        var slot = Int(wanted) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { break }
            if UInt32(truncatingIfNeeded: entry >> 32) == wanted {
                let index = Self.index(entry)
                if nodes[index].stands(for: ref) { return (index, false) }
            }
            slot = (slot + 1) & mask
        }
        nodes.append(Node(ref))
        slots[slot] = UInt64(wanted) << 32 | UInt64(nodes.count)
        used += 1
        return (nodes.count - 1, true)
    }

    /// Forgets every node but the first `count`.
    package mutating func rebuild(_ nodes: [Node]) {
        slots.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        used = nodes.count
        for index in nodes.indices { insert(UInt64(Self.mark(nodes[index].ref)) << 32 | UInt64(index + 1)) }
    }

    @inline(never)
    private mutating func grow(_ nodes: inout [Node]) {
        let before = slots
        slots = Array(repeating: 0, count: before.count * 2)
        for entry in before where entry != 0 { insert(entry) }
        if nodes.count >= Self.manyNodes && nodes.capacity < Self.mostNodes { nodes.reserveCapacity(Self.mostNodes) }
    }

    private var bound: Int { slots.count < Self.large ? slots.count / 2 : slots.count / 4 * 3 }

    private mutating func insert(_ entry: UInt64) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: entry >> 32) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = entry
    }

    @inline(__always)
    private static func index(_ entry: UInt64) -> Int { Int(UInt32(truncatingIfNeeded: entry)) - 1 }

    /// An entity's hash: where its search begins, and what tells it from most others.
    @inline(__always)
    private static func mark(_ ref: EntityRef) -> UInt32 {
        var h = ref.low ^ (ref.high &* 0x9e37_79b9_7f4a_7c15) ^ (UInt64(ref.kind.value) << 48)
        h = (h ^ (h >> 32)) &* 0xd6e8_feb8_6659_fd93
        return UInt32(truncatingIfNeeded: h >> 32)
    }
}
