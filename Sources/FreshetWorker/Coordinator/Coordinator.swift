import FreshetCore

/// Speaks with the group: takes partitions up and gives them back, decides about recovery, commits what is finished.
/// One per process, on a thread of its own; lanes do the work.
package final class Coordinator {
    let graph: Graph
    let settings: WorkerSettings
    let parts: CoordinatorParts
    let desks: [LaneDesk]
    let wakes: @Sendable (Int) -> Void
    let surroundings: any Surroundings
    let listener: any WorkerListener
    let breakers: BreakerBoard

    var ledger = Ledger()
    /// Where each partition that is ours sits.
    var places: [Partition: Place] = [:]
    var nextEpoch: UInt32 = 1
    /// Assigned, but not started yet: a dependency was away, or recovery failed half way.
    var waiting: Set<Partition> = []
    var waitingBackoff: Backoff
    var waitUntil: UInt64 = 0
    var isReady = false
    /// What this worker is called where it does something for all.
    let holder: String
    /// Where recovery began, of partitions that wait for what another worker does.
    var noted: [Partition: Noted] = [:]
    /// Of these it must be proved that the topic is still the same.
    var unproved: Set<Partition> = []
    var nextLook: UInt64 = 0
    /// The Redis and the control record that were seen last.
    var control: (process: String, incarnation: String)?
    /// Decisions that were said, of partitions that aren't started yet.
    var said: [Partition: RecoveryDecision] = [:]
    /// By what `behind` is decided, of partitions that aren't started yet.
    var estimates: [Partition: BacklogEstimate] = [:]
    /// How fast this worker has been.
    var pace = RecordPace()
    private var paced: Int64 = 0
    /// When it was noticed first that partitions must be taken up, or taken up anew; nil once they are.
    var recoveringSince: UInt64?
    /// Committed, and not yet noted beside the checkpoints.
    var unnoted: [Partition: Int64] = [:]
    private var shouldStop: @Sendable () -> Bool = { false }
    /// News of the group that came while something long was under way.
    private var held: [GroupEvent] = []
    let claim: GraphClaim
    var graphLook: UInt64 = 0
    /// Workers of another graph have their turn.
    package internal(set) var isDisplaced = false
    var memoryBuild: MemoryBuild?
    /// What this worker does for all.
    var marks: Set<String> = []
    var missesMemory = true
    var memoryLook: UInt64 = 0
    var memoryBackoff: Backoff
    /// When the group's log failed last; nil once it has been quiet for a while.
    private var lastFault: UInt64?

    struct Place {
        var lane: Int
        var assignment: RecordBatch.Assignment
    }

    package init(
        graph: Graph, settings: WorkerSettings, parts: CoordinatorParts, desks: [LaneDesk],
        wake: @escaping @Sendable (Int) -> Void, surroundings: any Surroundings, listener: any WorkerListener,
        breakers: BreakerBoard
    ) {
        self.breakers = breakers
        self.graph = graph
        claim = GraphClaim(graph, defences: settings.defences)
        self.settings = settings
        self.parts = parts
        self.desks = desks
        self.wakes = wake
        self.surroundings = surroundings
        self.listener = listener
        waitingBackoff = Backoff(settings.backoff)
        memoryBackoff = Backoff(settings.backoff)
        holder = String(surroundings.random(), radix: 16)
    }

    /// librdkafka reports a broker that is away now and then and never says that it is back: after so long without a
    /// report it is; nanoseconds.
    private static let quiet: UInt64 = 3_000_000_000

    /// Runs until `shouldStop`; throws what can't be mended by waiting.
    package func run(_ shouldStop: @escaping @Sendable () -> Bool) async throws(Fault) {
        self.shouldStop = shouldStop
        var lastCommit = surroundings.now()
        while !shouldStop() && !isDisplaced {
            for desk in desks { if let fault = desk.failure { throw fault } }
            do {
                if let event = try await nextEvent() { try await handle(event) }
                for desk in desks { await take(desk.takeRequests()) }
                await look()
                await keepGraph()
                try await startWaiting()
                if isReady { await keepMemory() }
                let now = surroundings.now()
                if now - lastCommit >= UInt64(settings.commitInterval) * 1_000_000 {
                    lastCommit = now
                    try await commit()
                }
                if let since = lastFault, now > since, now - since >= Self.quiet {
                    lastFault = nil
                    listener.heard(.resumed(part: "group", milliseconds: Int64((now - since) / 1_000_000)))
                }
            } catch {
                if Disposition.of(error) == .fatal { throw error }
                noteFault(error)
                await surroundings.sleep(milliseconds: 100)
            }
        }
    }

    /// Bounded: lanes finish what they have, what is finished is committed, the group is left.
    package func shutDown() async {
        let deadline = surroundings.now() + UInt64(settings.shutdownTimeout) * 1_000_000
        for (index, desk) in desks.enumerated() {
            desk.stop(dropping: false)
            wakes(index)
        }
        while surroundings.now() < deadline && !desks.allSatisfy(\.hasLeft) {
            await surroundings.sleep(milliseconds: 5)
        }
        for desk in desks { desk.stop(dropping: true) }
        do {
            try await commit()
        } catch {
            noteFault(error)
        }
        giveUpMemory()
        // Others wait for what is ours to do.
        for mark in marks { try? await releaseMark(mark) }
        await parts.group.close(within: 5_000)
    }

    private func nextEvent() async throws(Fault) -> GroupEvent? {
        if !held.isEmpty { return held.removeFirst() }
        return try await parts.group.nextEvent(within: memoryBuild == nil ? 50 : 0)
    }

    /// Between the steps of something long: whether the group has news that it must make way for.
    func mustMakeWay() async throws(Fault) -> Bool {
        if shouldStop() { return true }
        while let event = try await parts.group.nextEvent(within: 0) {
            if case .fault(let fault) = event {
                noteFault(fault)
                continue
            }
            held.append(event)
            return true
        }
        return false
    }

    private func handle(_ event: GroupEvent) async throws(Fault) {
        switch event {
        case .assigned(let partitions):
            listener.heard(.assigned(partitions))
            waiting.formUnion(partitions)
            unproved.formUnion(partitions)
            waitUntil = 0
            recoveringSince = recoveringSince ?? surroundings.now()
            if partitions.isEmpty { try await parts.group.start([]) }
        case .revoked(let partitions, let lost):
            listener.heard(.revoked(partitions, lost: lost))
            await revoke(partitions, lost: lost)
        case .outOfRange(let partition):
            // It may have been given up since: taking it up would keep the group from ever handing it to another.
            guard places[partition] != nil else { return }
            recoveringSince = recoveringSince ?? surroundings.now()
            await stop([partition])
            waiting.insert(partition)
            unproved.insert(partition)
            waitUntil = 0
        case .fault(let fault):
            // Nothing to wait for: what librdkafka reports, it tries again by itself.
            if Disposition.of(fault) == .fatal { throw fault }
            noteFault(fault)
        }
    }

    /// Finish or drop by epoch; commit only what is still ours.
    private func revoke(_ partitions: [Partition], lost: Bool) async {
        waiting.subtract(partitions)
        await stop(partitions)
        if !lost {
            do {
                try await commit()
            } catch {
                noteFault(error)
            }
        }
        for partition in partitions {
            ledger.stop(partition)
            places[partition] = nil
            noted[partition] = nil
            unnoted[partition] = nil
            said[partition] = nil
            estimates[partition] = nil
        }
        unproved.subtract(partitions)
        if waiting.isEmpty { recoveringSince = nil }
        do {
            try await parts.group.stop(partitions, all: places.isEmpty && waiting.isEmpty)
        } catch {
            noteFault(error)
        }
    }

    /// Takes partitions from their lanes and waits, within the bound, until none is in a lane's hands.
    func stop(_ partitions: [Partition]) async {
        let deadline = surroundings.now() + UInt64(settings.revokeTimeout) * 1_000_000
        var versions: [(desk: LaneDesk, version: Int)] = []
        for (lane, desk) in desks.enumerated() {
            let mine = Set(partitions.filter { places[$0]?.lane == lane })
            guard !mine.isEmpty else { continue }
            versions.append((desk, desk.remove(mine)))
            wakes(lane)
        }
        while surroundings.now() < deadline && !versions.allSatisfy({ $0.desk.hasAcknowledged($0.version) }) {
            await surroundings.sleep(milliseconds: 1)
        }
        collect()
    }

    /// What the lanes have finished goes into the ledger.
    func collect() {
        for desk in desks {
            for work in desk.takeFinished() {
                ledger.finish(work.partition, epoch: work.epoch, from: work.from, to: work.to)
            }
        }
        // Records and not offsets: what compaction took away was no work.
        let total = desks.reduce(0) { $0 + $1.counts.total }
        pace.add(total - paced, now: surroundings.now())
        paced = total
    }

    func commit() async throws(Fault) {
        collect()
        let offsets = ledger.committable
        guard !offsets.isEmpty else { return }
        try await parts.group.commit(offsets)
        ledger.committed(offsets)
        listener.heard(.committed(offsets))
        unnoted.merge(offsets) { $1 }
        await noteCommits()
    }

    /// Lanes found effects lost: stop the partitions, and start them again through recovery. What one partition lost,
    /// the others may have lost too: all of ours go through one recovery, and not each through its own when it finds
    /// out.
    private func take(_ requests: [LaneDesk.Request]) async {
        let isCurrent = requests.contains { request in
            request.assignments.contains { places[$0.key]?.assignment.epoch == $0.value }
        }
        guard isCurrent else { return }
        recoveringSince = recoveringSince ?? surroundings.now()
        await stop(places.keys.sorted())
        waiting.formUnion(places.keys)
        waitUntil = 0
    }

    private func startWaiting() async throws(Fault) {
        if waiting.isEmpty { return goOn() }
        guard surroundings.now() >= waitUntil, !isHeldBack else { return }
        do {
            guard try await start(waiting.sorted()) else { return }
            waiting.removeAll()
            missesMemory = true
            goOn()
            if !isReady {
                isReady = true
                listener.heard(.ready(partitions: places.count))
            }
        } catch {
            if Disposition.of(error) == .fatal { throw error }
            let milliseconds = waitingBackoff.next(random: surroundings.random())
            listener.heard(.paused(part: "recovery", error, milliseconds: milliseconds))
            waitUntil = surroundings.now() + UInt64(milliseconds) * 1_000_000
        }
    }

    private func noteFault(_ fault: Fault) {
        lastFault = surroundings.now()
        listener.heard(.paused(part: "group", fault, milliseconds: 0))
    }

    /// Nothing waits for recovery any more.
    private func goOn() {
        guard waitingBackoff.attempts > 0 else { return }
        waitingBackoff = Backoff(settings.backoff)
        listener.heard(.resumed(part: "recovery", milliseconds: 0))
    }
}
