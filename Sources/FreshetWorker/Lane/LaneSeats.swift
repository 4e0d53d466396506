import FreshetCore

/// The lane's own view of its partitions: where each stands, and which are suspended until they are seated again.
struct LaneSeats {
    private(set) var bySlot: [UInt32: Seat] = [:]
    private(set) var version = 0
    /// Given up after a request for recovery: their records are dropped until a new epoch comes.
    private var suspended: Set<RecordBatch.Assignment> = []

    var partitions: [Partition] {
        bySlot.values.filter { !suspended.contains($0.assignment) }.map(\.partition).sorted()
    }
    var active: [Seat] {
        bySlot.values.filter { !suspended.contains($0.assignment) }.sorted { $0.partition < $1.partition }
    }

    /// Positions of seats that stayed are kept; they are the lane's own.
    mutating func take(_ seats: [UInt32: Seat], version: Int) {
        var next = seats
        for (slot, seat) in seats {
            if let mine = bySlot[slot], mine.assignment == seat.assignment { next[slot] = mine }
        }
        bySlot = next
        suspended = suspended.filter { assignment in next[assignment.slot]?.assignment == assignment }
        self.version = version
    }

    /// The seat of a record; nil where its assignment is over or suspended: the record is dropped.
    func seat(_ assignment: RecordBatch.Assignment) -> Seat? {
        guard let seat = bySlot[assignment.slot], seat.assignment == assignment, !suspended.contains(assignment) else {
            return nil
        }
        return seat
    }

    mutating func suspend(_ assignment: RecordBatch.Assignment) { suspended.insert(assignment) }

    mutating func advance(_ assignment: RecordBatch.Assignment, to offset: Int64, countedFrom: Int64) {
        guard bySlot[assignment.slot]?.assignment == assignment else { return }
        bySlot[assignment.slot]?.position = offset
        bySlot[assignment.slot]?.countedFrom = countedFrom
    }
}
