/// Where the documents of nodes begin: open addressing over those that were asked for, which are few where a batch's
/// nodes are many.
struct NodePlaces: Sendable {
    /// A node of -1 is none. A power of two, at most half full.
    private var slots: [(node: Int32, place: Int32)] = []
    private var count = 0

    private static let smallest = 16

    @inline(__always)
    subscript(node: Int) -> Int? {
        guard count > 0 else { return nil }
        let slot = slots[self.slot(of: node)]
        return slot.node < 0 ? nil : Int(slot.place)
    }

    mutating func set(_ node: Int, _ place: Int) {
        if count * 2 >= slots.count { grow() }
        let slot = self.slot(of: node)
        if slots[slot].node < 0 { count += 1 }
        slots[slot] = (Int32(node), Int32(place))
    }

    mutating func removeAll() {
        guard count > 0 else { return }
        // Small batches don't pay for clearing what a large one needed.
        if slots.count > Self.smallest && count * 16 < slots.count {
            slots = []
        } else {
            slots.withUnsafeMutableBufferPointer { $0.update(repeating: (-1, -1)) }
        }
        count = 0
    }

    /// The node's slot, or the one where it would stand.
    @inline(__always)
    private func slot(of node: Int) -> Int {
        let mask = slots.count - 1
        // Nodes of a slice are neighbours or evenly spread: either way the product's middle bits differ.
        var slot = Int(truncatingIfNeeded: (UInt64(node) &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
        while slots[slot].node >= 0 && slots[slot].node != Int32(node) { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let before = slots
        slots = Array(repeating: (-1, -1), count: max(Self.smallest, before.count * 2))
        for entry in before where entry.node >= 0 { slots[slot(of: Int(entry.node))] = entry }
    }
}
