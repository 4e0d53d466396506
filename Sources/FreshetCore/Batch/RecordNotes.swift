/// The notes of a batch's records, in eight bytes each, or four where events have no versions: a long backlog has half
/// a million of them in one batch.
///
/// Offsets aren't kept one by one: records of a partition mostly follow each other, so a run says where they begin.
package struct RecordNotes: Hashable, Sendable {
    /// Records one after the other: the same partition, and offsets without holes.
    private struct Run: Hashable, Sendable {
        var start: Int
        var offset: Int64
        var partition: Int32
    }

    private var nodes: [Int32] = []
    /// By place; those at the end without one may be left out.
    private var versions: [Int32] = []
    private var runs: [Run] = []
    /// What a run's next record has if it goes on.
    private var nextOffset = Int64.min
    /// Versions that don't fit into 32 bits, by place.
    private var large: [Int: Int64] = [:]
    private static let none = Int32.min
    private static let isLarge = Int32.min + 1

    package init() {}

    package mutating func removeAll() {
        nodes.removeAll(keepingCapacity: true)
        versions.removeAll(keepingCapacity: true)
        runs.removeAll(keepingCapacity: true)
        large.removeAll()
        nextOffset = .min
    }

    @inline(__always)
    mutating func append(_ note: RecordNote) {
        if note.offset != nextOffset || runs.last?.partition != note.partition {
            runs.append(Run(start: nodes.count, offset: note.offset, partition: note.partition))
        }
        nextOffset = note.offset + 1
        if note.version != Node.noVersion {
            while versions.count < nodes.count { versions.append(Self.none) }
            versions.append(packed(note.version))
        }
        nodes.append(note.node)
    }

    private mutating func packed(_ version: Int64) -> Int32 {
        if let small = Int32(exactly: version), small > Self.isLarge { return small }
        large[versions.count] = version
        return Self.isLarge
    }

    private func version(_ place: Int) -> Int64 {
        guard place < versions.count else { return Node.noVersion }
        return switch versions[place] {
        case Self.none: Node.noVersion
        case Self.isLarge: large[place] ?? Node.noVersion
        case let small: Int64(small)
        }
    }

    @inline(__always)
    mutating func setNode(_ node: Int32, at place: Int) { nodes[place] = node }

    func node(_ place: Int) -> Int32 { nodes[place] }

    /// All of them in their order, which is faster than one by one.
    package func visit(_ body: (RecordNote) -> Void) {
        for (index, run) in runs.enumerated() {
            let end = index + 1 < runs.count ? runs[index + 1].start : nodes.count
            for place in run.start..<end { body(note(place, in: run)) }
        }
    }

    private func note(_ place: Int, in run: Run) -> RecordNote {
        RecordNote(
            offset: run.offset + Int64(place - run.start), version: version(place), node: nodes[place],
            partition: run.partition)
    }
}

extension RecordNotes: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { nodes.count }

    package subscript(place: Int) -> RecordNote {
        // The last run that begins at or before it.
        var (low, high) = (0, runs.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if runs[middle].start <= place { low = middle } else { high = middle - 1 }
        }
        return note(place, in: runs[low])
    }
}
