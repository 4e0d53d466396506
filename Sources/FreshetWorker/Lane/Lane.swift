import FreshetCore

/// Carries batches from Kafka to Redis, one after the other, start to end:
///
///     receive → decode → plan → resolve → read → apply → acknowledge
///
/// Driven by one thread; it shares nothing but its desk. `LaneGather` has the first three steps, `LaneAttempt` the next
/// three, this file the line that connects them.
package final class Lane {
    let index: Int
    let graph: Graph
    let settings: WorkerSettings
    let parts: LaneParts
    let desk: LaneDesk
    let surroundings: any Surroundings
    let listener: any WorkerListener
    let breakers: BreakerBoard
    let order: TicketOrder
    /// Milliseconds that the present attempt has let older tickets go first.
    var orderWaited = 0

    var seats = LaneSeats()
    var plan = Plan()
    var walk = CascadeWalk()
    var documents = DocumentEstimate()
    /// Letters that must be acknowledged before the batch's checkpoint moves.
    var letters: [LaneLetter] = []
    var letterBytes = 0
    /// The index in `plan.partitions` of each slot of this batch.
    var opened: [UInt32: Int] = [:]
    var report = BatchReport.empty
    /// The history that PostgreSQL answered last.
    var history: History?
    /// Transactions below it are visible, in the history that said so.
    var knownXmin: UInt64 = 0
    var xminHistory: History?
    /// Redis is full: write nothing, only invalidate, until a batch went through.
    var invalidatesOnly = false
    /// Said so, and nothing was written since.
    var isFull = false
    var ticketIsAsked = false
    /// Whether an id can be too long for a key: numbers are bounded by their type.
    let hasTexts: Bool
    let hasGates: Bool
    /// Where no kind of the graph can owe anything, nobody looks.
    let canOwe: Bool
    /// Captured events must be visible, and gates must have been passed, before the ticket is taken.
    let ticketMustWait: Bool
    let remembers: Bool
    /// Nothing that a batch reaches is written, nothing is owed or remembered, and no ticket must wait: where nothing
    /// that changed is written either, what is read needn't be newer than the ticket.
    let removesReached: Bool
    /// Some kind's keys go ahead of their cascade.
    let removesAhead: Bool
    var hasRemovedAhead = false
    var lastLook: UInt64 = 0
    var lastPendingLook: UInt64 = 0
    /// The pending entries that the present attempt performs, and those of them that may stay owed, by node.
    var performing: [String] = []
    var repeating: [Int: Pending] = [:]
    var isSecondSweep = false
    var held: Held?
    var reread = LaneReread()
    var ahead = LaneAhead()
    /// What has answered to the call that the breakers count now.
    var answered: Set<Dependency> = []
    /// How often the batch in hand was tried because something transient hit some of its ids, and since when.
    var tries = 0
    var triedSince: UInt64 = 0

    package init(
        index: Int, graph: Graph, settings: WorkerSettings, parts: LaneParts, desk: LaneDesk,
        surroundings: any Surroundings, listener: any WorkerListener, breakers: BreakerBoard,
        order: TicketOrder = TicketOrder()
    ) {
        self.index = index
        self.order = order
        self.breakers = breakers
        self.graph = graph
        hasTexts = graph.kinds.contains(where: \.isPooled)
        hasGates = settings.defences.contains(.gate) && graph.kinds.contains { $0.gate != nil }
        canOwe = graph.kinds.contains { $0.gate != nil || $0.secondSweep != nil }
        remembers = graph.edges.contains(where: \.remembers)
        ticketMustWait = hasGates || graph.topics.contains { $0.events == .capture }
        removesReached =
            !canOwe && !remembers && !ticketMustWait && graph.kinds.allSatisfy { $0.onReach != .refresh }
        removesAhead = graph.kinds.contains(where: \.removesAhead)
        self.settings = settings
        self.parts = parts
        self.desk = desk
        self.surroundings = surroundings
        self.listener = listener
    }

    /// Runs until the desk says stop.
    package func run() async {
        var backoff = Backoff(settings.backoff)
        var began: UInt64 = 0
        while !desk.isStopping && desk.failure == nil {
            takeSeats()
            do {
                try await turn()
                if backoff.attempts > 0 { resumed(since: began) }
                backoff = Backoff(settings.backoff)
            } catch {
                if backoff.attempts == 0 { began = surroundings.now() }
                await rest(after: error, &backoff)
            }
        }
        // Nobody else knows of it.
        if !reread.isEmpty && !desk.mustDrop && desk.failure == nil {
            boardReread()
            _ = try? await attempt()
        }
        desk.leave()
    }

    func boardReread() {
        if reread.isEmpty { return }
        reread.board(&plan, graph)
        guard report.records == 0 else { return }
        report.lane = index
        report.received = surroundings.wallClock()
    }

    private func turn() async throws(Fault) {
        while case let wait = breakers.wait(now: surroundings.now()), wait > 0, !desk.isStopping {
            await surroundings.sleep(milliseconds: min(wait, Self.longestWait))
            takeSeats()
        }
        // A batch that is taken up now would only wait for the breaker until the shutdown's time is over.
        if desk.isStopping { return }
        try await counted { () throws(Fault) in try await performOwed() }
        if try await gather() { return await settle() }
        let isBatch = try await idle()
        if isBatch || !reread.isEmpty { await settle() }
    }

    /// Asks servers beside a batch, which the breakers count as one call. Where one of them is being tried by another
    /// lane, nothing is asked now.
    func counted(_ body: () async throws(Fault) -> Void) async throws(Fault) {
        guard case .success(let pass) = breakers.ask([.redis, .postgres], now: surroundings.now()) else { return }
        answered = []
        try await end(pass, body)
    }

    private func end<T>(_ pass: BreakerBoard.Pass, _ body: () async throws(Fault) -> T) async throws(Fault) -> T {
        do {
            let result = try await body()
            breakers.end(pass, nil, answered: answered, now: surroundings.now())
            return result
        } catch {
            breakers.end(pass, error, answered: [], now: surroundings.now())
            throw error
        }
    }

    /// Waits until every breaker lets a call through; nil where it need not be made any more. Meanwhile the lane takes
    /// no work, and what librdkafka reads ahead is bounded: the partitions stand still, and the membership is kept.
    private func passage() async -> BreakerBoard.Pass? {
        while !isOver && desk.failure == nil {
            switch breakers.ask(Dependency.allCases, now: surroundings.now()) {
            case .success(let pass): return pass
            case .failure(let wait): await surroundings.sleep(milliseconds: min(wait.milliseconds, Self.longestWait))
            }
            takeSeats(holdingBatch: true)
        }
        return nil
    }

    private static let everything = Set(Dependency.allCases)

    /// Milliseconds until a waiting lane looks whether it is still wanted.
    private static let longestWait = 100

    /// Brings the gathered batch to its end, whatever it takes: an outage is a pause.
    func settle() async {
        var backoff = Backoff(settings.backoff)
        let began = surroundings.now()
        (tries, triedSince) = (0, began)
        boardReread()
        defer { if backoff.attempts > 0 && desk.failure == nil { resumed(since: began) } }
        while let pass = await passage() {
            do {
                answered = Self.everything
                let verdict = try await end(pass) { () throws(Fault) in try await attempt() }
                switch verdict {
                case .applied:
                    acknowledge()
                    return
                case .again where isOver:
                    break
                case .again:
                    // Where the pending part is full, room is made by performing what is due.
                    try await counted { () throws(Fault) in try await performOwed(evenNow: true) }
                    // It found effects lost: the batch was dropped, its partitions recover.
                    if plan.partitions.isEmpty && plan.nodes.isEmpty { return }
                    await surroundings.sleep(milliseconds: backoff.next(random: surroundings.random()))
                case .lost(let refusal):
                    requestRecovery(refusal)
                    return
                }
            } catch {
                if Disposition.of(error) == .retry { tries += 1 }
                await rest(after: error, &backoff)
                if desk.failure != nil { break }
            }
            takeSeats(holdingBatch: true)
        }
        drop()
    }

    /// Nobody wants the batch any more: all of its partitions were given up, or the shutdown's time is over.
    var isOver: Bool {
        if desk.mustDrop { return true }
        return !plan.partitions.isEmpty && plan.partitions.allSatisfy { seats.seat($0.assignment) == nil }
    }

    var part: String { "lane \(index)" }

    private func resumed(since began: UInt64) {
        listener.heard(.resumed(part: part, milliseconds: Int64((surroundings.now() - began) / 1_000_000)))
    }

    /// Takes no more work until the dependency may be back.
    func rest(after fault: Fault, _ backoff: inout Backoff) async {
        if Disposition.of(fault) == .fatal {
            desk.fail(fault)
            return
        }
        ticketIsAsked = false
        // A server that comes back may be one that hands out the same transaction ids again.
        if fault.dependency == .postgres { (knownXmin, xminHistory) = (0, nil) }
        let milliseconds = backoff.next(random: surroundings.random())
        listener.heard(.paused(part: part, fault, milliseconds: milliseconds))
        await surroundings.sleep(milliseconds: milliseconds)
    }

    /// With a batch in hand a removed partition is acknowledged only when the batch holds nothing of it.
    func takeSeats(holdingBatch: Bool = false) {
        if let (placed, version) = desk.seats(since: seats.version) { seats.take(placed, version: version) }
        if !holdingBatch || plan.partitions.allSatisfy({ seats.seat($0.assignment) != nil }) {
            desk.acknowledge(seats.version)
        }
    }

    /// The last step: the ledger learns what is finished, and the seats move on.
    private func acknowledge() {
        var finished: [LaneDesk.Finished] = []
        for part in plan.partitions where part.to > part.from || part.to > part.countedFrom {
            finished.append(
                LaneDesk.Finished(
                    partition: part.partition, epoch: part.assignment.epoch, from: part.from, to: part.to))
            seats.advance(part.assignment, to: part.to, countedFrom: max(part.to, part.countedFrom))
        }
        desk.finish(finished, counts: report.counts)
        report.applied = surroundings.wallClock()
        if report.records > 0 || report.refreshed > 0 { listener.heard(.applied(report)) }
        if report.refreshed > 0 { isFull = false }
        parts.samples?.offer(plan, graph, now: surroundings.now())
        clear()
    }

    /// The effects of the batch's partitions can't be vouched for: the coordinator looks, decides and seats them anew.
    func requestRecovery(_ refusal: Refusal) {
        var assignments: [Partition: UInt32] = [:]
        var given = plan.partitions.map { (partition: $0.partition, assignment: $0.assignment) }
        for seat in seats.active where refusal.concerns(seat.partition) {
            given.append((seat.partition, seat.assignment))
        }
        for (partition, assignment) in given where seats.seat(assignment) != nil {
            assignments[partition] = assignment.epoch
            seats.suspend(assignment)
        }
        listener.heard(.lost(lane: index, refusal))
        if !assignments.isEmpty { desk.request(LaneDesk.Request(assignments: assignments, reason: refusal)) }
        drop()
    }

    private func drop() {
        if report.records > 0 { listener.heard(.droppedBatch(records: report.records)) }
        reread.take(plan.nodes.indices.prefix(plan.changedCount).filter { plan.nodes[$0].isReread }, of: plan, graph)
        clear()
    }

    func clear() {
        plan.removeAll()
        walk.removeAll()
        opened.removeAll(keepingCapacity: true)
        letters.removeAll()
        letterBytes = 0
        report = .empty
        ticketIsAsked = false
        hasRemovedAhead = false
    }
}

extension BatchReport {
    static let empty = BatchReport(
        lane: 0, records: 0, entities: 0, reached: 0, refreshed: 0, invalidated: 0, refused: 0, calls: 0,
        counts: OutcomeCounts(), oldest: .max, received: 0, applied: 0, ticketTime: 0, readTime: 0, applyTime: 0,
        sample: [])
}

extension Refusal {
    /// Whether what was found concerns this partition, also where the batch that found it holds nothing of it.
    func concerns(_ partition: Partition) -> Bool {
        switch self {
        case .process, .incarnation, .newerHistory, .olderHistory: true
        case .gap(let lost): lost == partition
        case .floor, .chain, .pendingFull: false
        }
    }
}
