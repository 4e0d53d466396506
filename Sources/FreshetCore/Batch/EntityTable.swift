/// Finds the node of an entity: open addressing over node numbers, reused from batch to batch.
package struct EntityTable: Sendable {
    /// 0 is empty, otherwise node + 1. A power of two, at most half full.
    private var slots: [UInt32] = Array(repeating: 0, count: 1024)
    private var used = 0

    package init() {}

    package mutating func removeAll() {
        guard used > 0 else { return }
        used = 0
        slots.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    }

    package func find(_ ref: EntityRef, in nodes: [Node]) -> Int? {
        let mask = slots.count - 1
        var slot = Self.hash(ref) & mask
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if nodes[index].ref == ref { return index }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// The node of `ref`; appended to `nodes` if it is new.
    package mutating func findOrAppend(_ ref: EntityRef, to nodes: inout [Node]) -> (index: Int, isNew: Bool) {
        if (used + 1) * 2 > slots.count { grow(nodes) }
        let mask = slots.count - 1
        var slot = Self.hash(ref) & mask
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if nodes[index].ref == ref { return (index, false) }
            slot = (slot + 1) & mask
        }
        nodes.append(Node(ref))
        slots[slot] = UInt32(nodes.count)
        used += 1
        return (nodes.count - 1, true)
    }

    /// Forgets every node but the first `count`.
    package mutating func rebuild(_ nodes: [Node]) {
        slots.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        used = nodes.count
        insertAll(nodes)
    }

    private mutating func grow(_ nodes: [Node]) {
        slots = Array(repeating: 0, count: slots.count * 2)
        insertAll(nodes)
    }

    private mutating func insertAll(_ nodes: [Node]) {
        let mask = slots.count - 1
        for index in nodes.indices {
            var slot = Self.hash(nodes[index].ref) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(index + 1)
        }
    }

    @inline(__always)
    private static func hash(_ ref: EntityRef) -> Int {
        var h = ref.low ^ (ref.high &* 0x9e37_79b9_7f4a_7c15) ^ (UInt64(ref.kind.value) << 48)
        h = (h ^ (h >> 32)) &* 0xd6e8_feb8_6659_fd93
        h ^= h >> 32
        return Int(truncatingIfNeeded: h & 0x7fff_ffff_ffff_ffff)
    }
}
