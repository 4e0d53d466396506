import FreshetCore
import FreshetWorker

@testable import Simulator

/// A lane before the played Redis and PostgreSQL, with one batch in its log. What it asks and sends is written down
/// line by line, and a test may do something between two of them.
///
/// Confined to the playing thread, see `SimTime`.
final class LaneStage: @unchecked Sendable {
    static let partition = Partition(topic: "changes", number: 0)
    static let assignment = RecordBatch.Assignment(slot: 0, epoch: 1)

    let world: SimWorld
    var graph: Graph
    let desk = LaneDesk()
    let order = TicketOrder()
    let process = SimProcess(number: 1, slowness: [1], generation: 0)
    var settings: WorkerSettings
    private let executor = SimExecutor()
    private var events: [String] = []
    fileprivate(set) var isOver = false
    private(set) var lines: [String] = []
    private(set) var heard: [String] = []
    /// Why PostgreSQL refuses this statement for these ids; nil where it doesn't.
    var refusal: (_ statement: Int, _ ids: [Int64]) -> Fault? = { _, _ in nil }
    /// Called behind each line.
    var after: (LaneStage, String) -> Void = { _, _ in }
    /// What each receive answers; the whole log where nothing is said.
    var receives: [[(record: Int, assignment: RecordBatch.Assignment)]]?
    /// What comes next comes while PostgreSQL is asked.
    var comesEarly = false
    var hasBell = true

    /// `slice`: documents that are read at a time. `removesReached`: what a change reaches is only removed, and no edge
    /// remembers anything.
    init(slice: Int, removesReached: Bool = false) {
        var plan = SchedulePlan(seed: 1, faults: [])
        (plan.partitions, plan.ambushes, plan.hasGates, plan.isCapture) = (1, [], false, false)
        (plan.refreshesTables, plan.sweepsMatches, plan.streamsMemory, plan.copies) = (true, false, false, 0)
        (plan.onlyRemoves, plan.forgets) = (false, false)
        world = SimWorld(plan, executor: executor)
        var graph = world.graphs[0]
        if removesReached {
            for kind in graph.kinds.indices { graph.kinds[kind].onReach = .invalidate }
            for edge in graph.edges.indices { graph.edges[edge].remembers = false }
        }
        self.graph = graph
        settings = WorkerSettings(owner: "stage", group: SimRedis.group)
        settings.sliceDocuments = slice
        settings.retry.rounds = 0
        let history = world.database.history(0)
        _ = world.redis.establish(incarnation: "i1", owner: "stage", history: history)
        world.redis.model.record?.marks[Revision.graph] = Rebuilding(
            holder: world.print(of: process), leaseUntil: .max, body: [])
        let name = RedisModel.CheckpointName(group: SimRedis.group, partition: Self.partition)
        world.redis.model.record?.checkpoints[name] = Checkpoint(
            offset: 0, timestamp: -1, hash: 0, history: history, counts: OutcomeCounts())
    }

    func commit(_ writes: [Commit.Write]) { _ = world.database.commit(writes, visibleAfter: 0) }

    func event(_ kind: String, _ id: Int64, version: Int64, isDelete: Bool = false) {
        let bytes = SimEvent.bytes(
            kind: kind, id: id, version: version, isDelete: isDelete, transaction: 0, parents: [])
        world.kafka.append(0, key: [], value: bytes)
    }

    /// Plays until the batch is at its end, whatever that is.
    func play() {
        desk.place([
            Seat(partition: Self.partition, topic: 0, assignment: Self.assignment, position: 0, countedFrom: 0)
        ])
        Task(executorPreference: executor) { [self] in
            let log = StagedLog(self)
            let parts = LaneParts(
                log: log, cache: StagedCache(self), models: StagedModels(self),
                decoder: SimDecoder(defences: .all), letters: SimLetterBox(world, process))
            let listener = StagedListener(self)
            let lane = Lane(
                index: 0, graph: graph, settings: settings, parts: parts, desk: desk,
                surroundings: SimSurroundings(world, process), listener: listener,
                breakers: BreakerBoard(settings.breaker, listener), order: order)
            await lane.run()
        }
        _ = world.time.play(until: 60_000_000_000) { isOver }
        desk.stop(dropping: false)
        _ = world.time.play(until: world.time.now + 60_000_000_000) { desk.hasLeft }
        world.time.release()
    }

    fileprivate func note(_ line: String) {
        guard !isOver else { return }
        lines.append(line)
        after(self, line)
    }

    fileprivate func hear(_ text: String) { heard.append(text) }

    // MARK: What came of it

    /// Those lines that begin so, without their beginning.
    func lines(_ word: String) -> [String] {
        lines.filter { $0.hasPrefix(word + " ") }.map { String($0.dropFirst(word.count + 1)) }
    }

    func value(_ key: String) -> String? {
        world.redis.get(Array(key.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    var checkpoint: Checkpoint? { world.redis.lastCheckpoints[Self.partition] }

    /// The memory of a match's tables.
    func memory(_ match: Int64) -> String? {
        world.redis.model.memories[memoryKey(match)].map { String(decoding: $0, as: UTF8.self) }
    }

    func memoryKey(_ match: Int64) -> [UInt8] { Memory.key(memoryHash, Array("\(match)".utf8)) }

    var memoryMark: [UInt8] { Memory.key(memoryHash, Memory.mark) }

    private var memoryHash: [UInt8] { Memory.hash(graph.edges[SimGraph.EdgeNumber.matchToTable], graph) }
}

/// The whole log in one receive, or as the test says, and nothing behind it.
private final class StagedLog: LaneLog {
    private let stage: LaneStage
    private var next = 0
    let wake: @Sendable () -> Void = {}
    let waiting = 0
    var bell: Int32 { stage.hasBell ? 0 : -1 }

    init(_ stage: LaneStage) { self.stage = stage }

    func receive(limit: Int, within milliseconds: Int) async throws(Fault) -> RecordBatch {
        let log = stage.world.kafka.logs[0]
        let receives = stage.receives ?? [log.indices.map { (record: $0, assignment: LaneStage.assignment) }]
        guard next < receives.count else {
            // A short look is for those that have something else to do.
            if milliseconds >= stage.settings.receiveWait { stage.isOver = true }
            await stage.world.time.sleep(UInt64(milliseconds) * 1_000_000)
            return SimLaneLog.batch([])
        }
        next += 1
        return SimLaneLog.batch(receives[next - 1].map { (record: log[$0.record], assignment: $0.assignment) })
    }

    func rung(limit: Int) async throws(Fault) -> RecordBatch {
        stage.comesEarly ? try await receive(limit: limit, within: 0) : SimLaneLog.batch([])
    }

    func reachedEnds() -> [(assignment: RecordBatch.Assignment, offset: Int64)] { [] }

    func giveBack() { stage.note("give back") }

    func records(_ partition: Partition, at offsets: [Int64]) async throws(Fault) -> [RecordCopy] {
        offsets.compactMap { stage.world.copy(partition, at: $0) }
    }
}

/// Writes down what is asked of the played Redis.
private final class StagedCache: CacheRelay {
    private let stage: LaneStage
    let cache: any CacheStore

    init(_ stage: LaneStage) {
        self.stage = stage
        cache = SimCache(stage.world, stage.process, lane: 0)
    }

    func requestTicket() async throws(Fault) { try await cache.requestTicket() }

    func ticket() async throws(Fault) -> Ticket? {
        let ticket = try await cache.ticket()
        stage.note("ticket \(ticket.map { "\($0.number)" } ?? "none")")
        return ticket
    }

    func removeAhead(_ keys: ByteArena) async throws(Fault) {
        try await cache.removeAhead(keys)
        stage.note("ahead" + (0..<keys.count).map { " " + keys.string($0) }.joined())
    }

    func apply(_ calls: [ApplyCall]) async throws(Fault) -> [ApplyReply] {
        let replies = try await cache.apply(calls)
        for (call, reply) in zip(calls, replies) {
            let link = call.link.map { " as \($0.batch).\($0.index)\($0.isLast ? " last" : "")" } ?? ""
            let keys = (0..<call.operations.count).map { call.operations.keys.string($0) }.joined(separator: " ")
            let moves = call.moves.map { " to \($0.to)" }.joined()
            var answer = ""
            if case .refused(let refusal) = reply { answer = " refused \(refusal)" }
            stage.note("apply \(call.ticket.number)\(link):\(keys.isEmpty ? "" : " " + keys)\(moves)\(answer)")
        }
        return replies
    }

    func establish(incarnation: String, owner: String, history: History) async throws(Fault) -> ControlView {
        try await cache.establish(incarnation: incarnation, owner: owner, history: history)
    }

    func revise(_ revision: Revision) async throws(Fault) -> RevisionReply { try await cache.revise(revision) }

    func pending(dueBefore now: Int64, limit: Int) async throws(Fault) -> [Pending] {
        try await cache.pending(dueBefore: now, limit: limit)
    }
}

/// Writes down what is asked of the played PostgreSQL.
private final class StagedModels: ReadModels {
    private let stage: LaneStage
    private let models: SimModels

    init(_ stage: LaneStage) {
        self.stage = stage
        models = SimModels(stage.world, stage.process, lane: 0)
    }

    func read(_ queries: [ReadQuery], meanwhile: Meanwhile?) async throws(Fault) -> ReadAnswer {
        if let meanwhile { _ = await meanwhile.act() }
        return try await read(queries)
    }

    func read(_ queries: [ReadQuery]) async throws(Fault) -> ReadAnswer {
        var answer = try await models.read(queries)
        var asked: [String] = []
        for (index, query) in queries.enumerated() {
            guard case .bigint(let ids) = query.parts[0] else { continue }
            asked.append(stage.graph.statements[query.statement].name + ids.map { " \($0)" }.joined())
            if let fault = stage.refusal(query.statement, ids) { answer.results[index] = .failure(fault) }
        }
        stage.note("read \(asked.joined(separator: ", "))")
        return answer
    }

    func visibility(of transactions: [UInt64]) async throws(Fault) -> Visibility {
        try await models.visibility(of: transactions)
    }

    func running() async throws(Fault) -> RunningTransactions { try await models.running() }
    func position() async throws(Fault) -> (history: History, flushed: UInt64) { try await models.position() }
    func disconnect() { models.disconnect() }
}

private final class StagedListener: WorkerListener {
    private let stage: LaneStage

    init(_ stage: LaneStage) { self.stage = stage }

    func heard(_ event: WorkerEvent) {
        switch event {
        case .droppedBatch(let records): stage.hear("dropped \(records)")
        case .lost(_, let refusal): stage.hear("lost \(refusal)")
        case .applied(let report): stage.hear("applied \(report.records), refused \(report.refused)")
        case .isolated(_, let entities, _): stage.hear("isolated \(entities)")
        default: break
        }
    }
}
