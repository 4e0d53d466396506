import FreshetCore

/// Which partitions a lane carries, and the next offset that each may hand out. Found per record by librdkafka's topic
/// pointer and the partition number, so that no string is made or compared on the hot path.
struct LaneTable {
    struct Entry {
        var partition: Partition
        var assignment: RecordBatch.Assignment
        /// Records below it are repetitions (a fetch that began again) and are dropped.
        var next: Int64
    }

    /// What a topic pointer and a number were found to mean; `entry` is -1 for a partition that isn't carried.
    private struct Known {
        var topic: UInt
        var number: Int32
        var entry: Int32
    }

    private(set) var entries: [Entry] = []
    /// Open addressing, a power of two, at most half full. A topic pointer may be used again for another topic once a
    /// partition was given up, so every change of `entries` empties it.
    private var known = [Known?](repeating: nil, count: 16)
    private var knownCount = 0
    private var last = Known(topic: 0, number: -1, entry: -1)
    /// Ends that were reached since they were last asked for.
    private var ends: [(assignment: RecordBatch.Assignment, offset: Int64)] = []

    mutating func add(_ entry: Entry) {
        remove(entry.partition)
        entries.append(entry)
        forget()
    }

    mutating func remove(_ partition: Partition) {
        guard let index = entries.firstIndex(where: { $0.partition == partition }) else { return }
        let assignment = entries.remove(at: index).assignment
        ends.removeAll { $0.assignment == assignment }
        forget()
    }

    func next(_ partition: Partition) -> Int64? { entries.first { $0.partition == partition }?.next }

    /// The entry that carries the partition, or -1. `name` is asked only where the pointer is not known yet.
    @inline(__always)
    mutating func find(topic: UInt, number: Int32, name: () -> String) -> Int {
        if last.topic == topic && last.number == number { return Int(last.entry) }
        return findSlowly(topic: topic, number: number, name: name)
    }

    private mutating func findSlowly(topic: UInt, number: Int32, name: () -> String) -> Int {
        var slot = Self.slot(topic, number, in: known.count)
        while let candidate = known[slot] {
            if candidate.topic == topic && candidate.number == number {
                last = candidate
                return Int(candidate.entry)
            }
            slot = (slot + 1) & (known.count - 1)
        }
        let partition = Partition(topic: name(), number: number)
        let entry = entries.firstIndex { $0.partition == partition } ?? -1
        last = Known(topic: topic, number: number, entry: Int32(entry))
        remember(last)
        return entry
    }

    /// Stamps a record: nil where it is a repetition.
    @inline(__always)
    mutating func take(_ entry: Int, offset: Int64) -> RecordBatch.Assignment? {
        guard offset >= entries[entry].next else { return nil }
        entries[entry].next = offset + 1
        return entries[entry].assignment
    }

    mutating func reachedEnd(_ entry: Int, offset: Int64) {
        guard offset >= entries[entry].next else { return }
        entries[entry].next = offset
        let assignment = entries[entry].assignment
        if let index = ends.firstIndex(where: { $0.assignment == assignment }) {
            ends[index].offset = offset
        } else {
            ends.append((assignment, offset))
        }
    }

    var hasEnds: Bool { !ends.isEmpty }

    mutating func takeEnds() -> [(assignment: RecordBatch.Assignment, offset: Int64)] {
        guard !ends.isEmpty else { return [] }
        defer { ends.removeAll(keepingCapacity: true) }
        return ends
    }

    private mutating func forget() {
        for index in known.indices { known[index] = nil }
        knownCount = 0
        last = Known(topic: 0, number: -1, entry: -1)
    }

    private mutating func remember(_ one: Known) {
        if (knownCount + 1) * 2 > known.count {
            let old = known
            known = [Known?](repeating: nil, count: old.count * 2)
            for case .some(let each) in old { place(each) }
        }
        place(one)
        knownCount += 1
    }

    private mutating func place(_ one: Known) {
        var slot = Self.slot(one.topic, one.number, in: known.count)
        while known[slot] != nil { slot = (slot + 1) & (known.count - 1) }
        known[slot] = one
    }

    private static func slot(_ topic: UInt, _ number: Int32, in count: Int) -> Int {
        let mixed = (topic >> 4 ^ UInt(bitPattern: Int(number)) &* 0x9e37_79b9) &* 0x9e37_79b9_7f4a_7c15
        return Int(truncatingIfNeeded: mixed >> 32) & (count - 1)
    }
}
