import FreshetCore
import Synchronization

/// Rebuilds caches from topics: a lane without a group. Window after window is decoded, coalesced, resolved, read and
/// applied by the lane's own steps, behind a ticket that is taken after the window's last record: it can't put
/// anything older over what live workers write beside it.
///
/// No checkpoint moves, no offset is committed, and no letter is written: all of that is the live group's. Nor does it
/// wait for projections or for commits that aren't visible yet: the live workers do, and theirs is the last word.
package final class Replayer {
    private let graph: Graph
    private let lane: Lane
    private let log: any ReplayLog
    private let cache: ReplayCache
    private let surroundings: any Surroundings
    private let settings: ReplaySettings
    private let rejections: RejectionCount
    private let isStopping: () -> Bool
    private let progress: (ReplayReport) -> Void
    private var report = ReplayReport()
    /// By slot.
    package private(set) var stretches: [ReplayStretch]

    /// `worker` gives what the lane must know; `parts.log` is `log`.
    package init(
        graph: Graph, worker: WorkerSettings, parts: LaneParts, log: any ReplayLog, stretches: [ReplayStretch],
        surroundings: any Surroundings, settings: ReplaySettings, isStopping: @escaping () -> Bool = { false },
        progress: @escaping (ReplayReport) -> Void = { _ in }
    ) {
        self.graph = graph
        self.log = log
        self.stretches = stretches
        self.surroundings = surroundings
        self.settings = settings
        self.isStopping = isStopping
        self.progress = progress
        rejections = RejectionCount()
        var own = worker
        own.defences.subtract([.gate, .visibility])
        cache = ReplayCache(parts.cache, surroundings, rate: settings.writeRate, isDry: settings.isDry)
        let desk = LaneDesk()
        desk.place(
            stretches.enumerated().map { slot, stretch in
                Seat(
                    partition: stretch.partition, topic: stretch.topic, assignment: Self.assignment(slot),
                    position: stretch.next, countedFrom: stretch.next)
            })
        lane = Lane(
            index: 0, graph: graph, settings: own,
            parts: LaneParts(
                log: log, cache: cache, models: parts.models, decoder: parts.decoder, letters: NoLetters()),
            desk: desk, surroundings: surroundings, listener: rejections,
            breakers: BreakerBoard(worker.breaker, rejections))
    }

    package static func assignment(_ slot: Int) -> RecordBatch.Assignment {
        RecordBatch.Assignment(slot: UInt32(slot), epoch: 1)
    }

    /// Until every stretch is done. `save` keeps how far it is, after each window.
    package func run(save: ([ReplayStretch]) async throws(Fault) -> Void) async throws(Fault) -> ReplayReport {
        let began = surroundings.now()
        lane.takeSeats()
        for (slot, stretch) in stretches.enumerated() where stretch.isDone { log.finish(Self.assignment(slot)) }
        var ends = stretches.map(\.next)
        while !stretches.allSatisfy(\.isDone), !isStopping() {
            try await fill(&ends)
            // What was read and isn't applied is read again by whoever resumes.
            if isStopping() { break }
            if !settings.isRaw { try await settle() }
            for slot in stretches.indices { stretches[slot].next = ends[slot] }
            report.windows += 1
            try await save(stretches)
            progress(report)
        }
        report.isCut = !stretches.allSatisfy(\.isDone)
        report.rejected = rejections.count
        report.time = surroundings.now() - began
        if settings.isDry { report.keys = cache.keys.count }
        return report
    }

    /// Reads and coalesces until the window is full or every stretch was read.
    private func fill(_ ends: inout [Int64]) async throws(Fault) {
        let began = surroundings.now()
        defer { report.readTime += surroundings.now() - began }
        var heard = began
        while stretches.indices.contains(where: { ends[$0] < stretches[$0].to }), !isStopping() {
            let batch = try await log.receive(limit: receiveRecords, within: 200)
            if batch.count > 0 { take(batch, &ends) }
            for (assignment, offset) in log.reachedEnds() where stretches.indices.contains(Int(assignment.slot)) {
                heard = surroundings.now()
                advance(Int(assignment.slot), to: offset, &ends)
            }
            if batch.count > 0 {
                heard = surroundings.now()
                progress(report)
            } else if surroundings.now() - heard > UInt64(settings.silence) * 1_000_000 {
                throw Fault(.kafka, .timeout, "no record came for \(settings.silence / 1_000) s")
            }
            if isFull { return }
        }
    }

    /// Records of one receive: whether the window is full is asked in between.
    private var receiveRecords: Int { min(8_192, settings.windowRecords) }

    private var isFull: Bool {
        lane.plan.records.count + receiveRecords > settings.windowRecords
            || lane.plan.changedCount >= settings.windowEntities
            || lane.letterBytes >= lane.settings.batchBytes
    }

    /// Run by run: records of one partition stand together, in ascending order.
    private func take(_ batch: RecordBatch, _ ends: inout [Int64]) {
        let records = batch.records
        var start = 0
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
            report.records += wanted.count
            advance(slot, to: records[end - 1].offset + 1, &ends)
        }
    }

    private func advance(_ slot: Int, to offset: Int64, _ ends: inout [Int64]) {
        guard ends[slot] < stretches[slot].to else { return }
        ends[slot] = max(ends[slot], min(offset, stretches[slot].to))
        if ends[slot] == stretches[slot].to { log.finish(Self.assignment(slot)) }
    }

    /// The window, with as many tickets as it takes: an outage is a pause, within a bound.
    private func settle() async throws(Fault) {
        guard !lane.plan.isEmpty else { return lane.clear() }
        var backoff = Backoff(lane.settings.backoff)
        let began = surroundings.now()
        (lane.tries, lane.triedSince) = (0, began)
        while !isStopping() {
            var fault: Fault
            do throws(Fault) {
                switch try await lane.attempt() {
                case .applied: return through()
                case .again: fault = Fault(.redis, .timeout, "something else touches the same keys again and again")
                case .lost(.incarnation):
                    throw Fault(
                        .redis, .misconfigured, "Redis has lost its memory: what was replayed so far is gone with it")
                case .lost: fault = Fault(.redis, .connectionLost, "Redis or PostgreSQL failed over")
                }
            } catch {
                fault = error
                if Disposition.of(error) == .fatal { throw error }
                if Disposition.of(error) == .retry { lane.tries += 1 }
            }
            lane.ticketIsAsked = false
            if surroundings.now() - began > UInt64(settings.patience) * 1_000_000 { throw fault }
            await surroundings.sleep(milliseconds: backoff.next(random: surroundings.random()))
        }
    }

    private func through() {
        report.entities += lane.plan.changedCount
        report.reached += lane.report.reached
        report.refreshed += lane.report.refreshed
        report.invalidated += lane.report.invalidated
        for part in lane.plan.partitions {
            lane.seats.advance(part.assignment, to: part.to, countedFrom: part.to)
        }
        lane.clear()
    }
}

/// The dead-letter topic knows them already, or will.
private final class NoLetters: LetterBox {
    func send(_ letters: [Letter]) async throws(Fault) {}
}

/// Of what a lane says, a replay counts what could not be applied.
private final class RejectionCount: WorkerListener {
    private let rejected = Mutex(0)

    var count: Int { rejected.withLock { $0 } }

    func heard(_ event: WorkerEvent) {
        switch event {
        case .rejected: rejected.withLock { $0 += 1 }
        case .isolated(_, let entities, _): rejected.withLock { $0 += entities }
        default: break
        }
    }
}
