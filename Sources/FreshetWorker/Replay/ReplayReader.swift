import FreshetCore

/// One thread's part of a replay: reads and coalesces its own partitions.
///
/// `@unchecked Sendable` holds because it changes hands only at a window's ends: while windows are filled each reader
/// is its thread's alone, and otherwise the replayer's.
package final class ReplayReader: @unchecked Sendable {
    let lane: Lane
    private let log: any ReplayLog
    private let settings: ReplaySettings
    private let surroundings: any Surroundings
    private let isStopping: @Sendable () -> Bool
    private let progress: @Sendable (Int) -> Void
    /// By slot.
    private(set) var stretches: [ReplayStretch]
    private var ends: [Int64]
    /// Of the window in hand.
    private var windowRecords = 0
    /// Within the stretches.
    private(set) var records = 0

    init(
        _ lane: Lane, _ log: any ReplayLog, _ desk: LaneDesk, _ stretches: [ReplayStretch], _ settings: ReplaySettings,
        _ surroundings: any Surroundings, isStopping: @escaping @Sendable () -> Bool,
        progress: @escaping @Sendable (Int) -> Void
    ) {
        self.lane = lane
        self.log = log
        self.stretches = stretches
        self.settings = settings
        self.surroundings = surroundings
        self.isStopping = isStopping
        self.progress = progress
        ends = stretches.map(\.next)
        desk.place(
            stretches.enumerated().map { slot, stretch in
                Seat(
                    partition: stretch.partition, topic: stretch.topic, assignment: Replayer.assignment(slot),
                    position: stretch.next, countedFrom: stretch.next)
            })
        lane.takeSeats()
        for (slot, stretch) in stretches.enumerated() where stretch.isDone { log.finish(Replayer.assignment(slot)) }
    }

    var isDone: Bool { stretches.allSatisfy(\.isDone) }

    /// What was read has been applied.
    func settled() {
        for part in lane.plan.partitions {
            lane.seats.advance(part.assignment, to: part.to, countedFrom: part.to)
        }
        lane.clear()
        windowRecords = 0
        for slot in stretches.indices { stretches[slot].next = ends[slot] }
    }

    /// Reads and coalesces until the window is full or every stretch was read.
    package func fill() async throws(Fault) {
        var heard = surroundings.now()
        while stretches.indices.contains(where: { ends[$0] < stretches[$0].to }), !isStopping() {
            let batch = try await log.receive(limit: receiveRecords, within: 200)
            if batch.count > 0 { take(batch) }
            let reached = log.reachedEnds().filter { stretches.indices.contains(Int($0.assignment.slot)) }
            for (assignment, offset) in reached { advance(Int(assignment.slot), to: offset) }
            if batch.count > 0 || !reached.isEmpty {
                heard = surroundings.now()
            } else if surroundings.now() - heard > UInt64(settings.silence) * 1_000_000 {
                throw Fault(.kafka, .timeout, "no record came for \(settings.silence / 1_000) s")
            }
            if isFull { return }
        }
    }

    /// Records of one receive: whether the window is full is asked in between.
    private var receiveRecords: Int {
        min(8_192, settings.windowEntities, settings.windowRecords > 0 ? settings.windowRecords : 8_192)
    }

    private var isFull: Bool {
        (settings.windowRecords > 0 && windowRecords + receiveRecords > settings.windowRecords)
            || lane.plan.changedCount >= settings.windowEntities
    }

    /// Run by run: records of one partition stand together, in ascending order.
    private func take(_ batch: RecordBatch) {
        let records = batch.records
        var (start, taken) = (0, 0)
        while start < records.count {
            let assignment = records[start].assignment
            var end = start + 1
            while end < records.count, records[end].assignment == assignment { end += 1 }
            defer { start = end }
            let slot = Int(assignment.slot)
            guard stretches.indices.contains(slot) else { continue }
            var wanted = start..<end
            // What was written after the start is the live workers'.
            while let last = wanted.last, records[last].offset >= stretches[slot].to {
                wanted = wanted.lowerBound..<last
            }
            if !settings.isRaw, !wanted.isEmpty { lane.decode(batch, wanted, into: &lane.plan) }
            taken += wanted.count
            advance(slot, to: records[end - 1].offset + 1)
        }
        // Only what they name counts: nothing is committed, and letters are the live group's.
        lane.plan.forgetRecords()
        lane.letters.removeAll(keepingCapacity: true)
        lane.letterBytes = 0
        windowRecords += taken
        self.records += taken
        progress(taken)
    }

    private func advance(_ slot: Int, to offset: Int64) {
        guard ends[slot] < stretches[slot].to else { return }
        ends[slot] = max(ends[slot], min(offset, stretches[slot].to))
        if ends[slot] == stretches[slot].to { log.finish(Replayer.assignment(slot)) }
    }
}
