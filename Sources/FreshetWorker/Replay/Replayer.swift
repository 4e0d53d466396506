import FreshetCore
import Synchronization

/// Rebuilds caches from topics: a lane without a group. Window after window is decoded, coalesced, resolved, read and
/// applied by the lane's own steps, behind a ticket that is taken after the window's last record: it can't put
/// anything older over what live workers write beside it.
///
/// No checkpoint moves, no offset is committed, and no letter is written: all of that is the live group's. Nor does it
/// wait for projections or for commits that aren't visible yet: the live workers do, and theirs is the last word.
package final class Replayer {
    /// Where one thread's records come from.
    package struct Source {
        package var log: any ReplayLog
        package var decoder: any Decoder
        package var stretches: [ReplayStretch]

        package init(log: any ReplayLog, decoder: any Decoder, stretches: [ReplayStretch]) {
            self.log = log
            self.decoder = decoder
            self.stretches = stretches
        }
    }

    /// Lets all of these fill their window, each on a thread of its own, and waits for them; what went wrong.
    package typealias Parallel = ([ReplayReader]) async -> Fault?

    private let graph: Graph
    private let readers: [ReplayReader]
    /// The first reader's: what the others read is merged into its plan.
    private let lane: Lane
    private let cache: ReplayCache
    private let surroundings: any Surroundings
    private let settings: ReplaySettings
    private let rejections: RejectionCount
    private let isStopping: @Sendable () -> Bool
    private var report = ReplayReport()

    /// `worker` gives what the lanes must know. `progress` hears how many records came, on the threads that read them;
    /// `applied` how many keys were touched, and of how many that are known so far.
    package init(
        graph: Graph, worker: WorkerSettings, cache: any CacheStore, models: any ReadModels, sources: [Source],
        surroundings: any Surroundings, settings: ReplaySettings,
        isStopping: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Int) -> Void = { _ in },
        applied: @escaping (_ keys: Int, _ of: Int) -> Void = { _, _ in }
    ) {
        self.graph = graph
        self.surroundings = surroundings
        self.settings = settings
        self.isStopping = isStopping
        let rejections = RejectionCount()
        self.rejections = rejections
        let cache = ReplayCache(cache, surroundings, rate: settings.writeRate, isDry: settings.isDry)
        self.cache = cache
        var own = worker
        own.defences.subtract([.gate, .visibility])
        var share = settings
        if settings.windowRecords > 0 { share.windowRecords = max(1, settings.windowRecords / max(1, sources.count)) }
        share.windowEntities = max(1, settings.windowEntities / max(1, sources.count))
        readers = sources.map { source in
            let desk = LaneDesk()
            let lane = Lane(
                index: 0, graph: graph, settings: own,
                parts: LaneParts(
                    log: source.log, cache: cache, models: models, decoder: source.decoder, letters: NoLetters()),
                desk: desk, surroundings: surroundings, listener: rejections,
                breakers: BreakerBoard(worker.breaker, rejections))
            return ReplayReader(
                lane, source.log, desk, source.stretches, share, surroundings, isStopping: isStopping,
                progress: progress)
        }
        let lane = readers[0].lane
        self.lane = lane
        cache.heard = { [unowned lane] keys in applied(keys, lane.plan.nodes.count) }
    }

    package static func assignment(_ slot: Int) -> RecordBatch.Assignment {
        RecordBatch.Assignment(slot: UInt32(slot), epoch: 1)
    }

    package var stretches: [ReplayStretch] { readers.flatMap(\.stretches).sorted { $0.partition < $1.partition } }

    /// Until every stretch is done. `save` keeps how far it is, after each window.
    package func run(
        parallel: Parallel, save: ([ReplayStretch]) async throws(Fault) -> Void
    ) async throws(Fault) -> ReplayReport {
        let began = surroundings.now()
        while !readers.allSatisfy(\.isDone), !isStopping() {
            let filling = surroundings.now()
            try await fill(parallel)
            report.readTime += surroundings.now() - filling
            // What was read and isn't applied is read again by whoever resumes.
            if isStopping() { break }
            if !settings.isRaw { try await settle() }
            if isStopping() { break }
            for reader in readers { reader.settled() }
            try await settleReread()
            report.windows += 1
            try await save(stretches)
        }
        report.records = readers.reduce(0) { $0 + $1.records }
        report.isCut = !readers.allSatisfy(\.isDone)
        report.rejected = rejections.count
        report.time = surroundings.now() - began
        if settings.isDry { report.keys = cache.keys.count }
        return report
    }

    private func fill(_ parallel: Parallel) async throws(Fault) {
        if readers.count == 1 { return try await readers[0].fill() }
        if let fault = await parallel(readers) { throw fault }
        for reader in readers.dropFirst() { lane.plan.take(changesOf: reader.lane.plan, graph) }
    }

    /// The window, with as many tickets as it takes: an outage is a pause, within a bound.
    private func settle() async throws(Fault) {
        guard !lane.plan.isEmpty else { return }
        var backoff = Backoff(lane.settings.backoff)
        let began = surroundings.now()
        (lane.tries, lane.triedSince) = (0, began)
        while !isStopping() {
            var fault: Fault
            do throws(Fault) {
                switch try await lane.attempt() {
                case .applied: return count()
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

    /// Tries before a refused key is left to its next event or reader.
    private static let rereads = 3

    /// What a live worker's touch refused in the window, before the window counts as done.
    private func settleReread() async throws(Fault) {
        for _ in 0..<Self.rereads where !lane.reread.isEmpty && !isStopping() {
            let entities = report.entities
            lane.boardReread()
            try await settle()
            lane.clear()
            report.entities = entities
        }
    }

    private func count() {
        report.entities += lane.plan.changedCount
        report.reached += lane.report.reached
        report.refreshed += lane.report.refreshed
        report.invalidated += lane.report.invalidated
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
