/// The captured values of one record; shared by the readers of a topic.
final class Captures {
    let slots: UnsafeMutablePointer<Captured>
    let count: Int
    /// What an absent value points to.
    private let nothing: UnsafeMutablePointer<UInt8>

    init(count: Int) {
        self.count = count
        nothing = .allocate(capacity: 1)
        nothing.initialize(to: 0)
        slots = .allocate(capacity: max(1, count))
        slots.initialize(repeating: .absent(nothing), count: max(1, count))
    }

    deinit {
        slots.deallocate()
        nothing.deallocate()
    }

    @inline(__always) subscript(slot: Int) -> Captured { slots[slot] }

    /// Before each record.
    @inline(__always) func clear() {
        for index in 0..<count { slots[index].form = .absent }
    }
}
