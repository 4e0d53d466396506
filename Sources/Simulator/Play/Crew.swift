import FreshetCore
import FreshetWorker

/// The worker processes of a schedule.
///
/// Confined to the playing thread, see `SimTime`.
final class Crew: @unchecked Sendable {
    /// Confined to the playing thread, see `SimTime`.
    private final class Hand: @unchecked Sendable {
        let process: SimProcess
        var worker: Worker?
        private(set) var isStopping = false

        init(_ process: SimProcess) { self.process = process }

        func stop() {
            isStopping = true
            worker?.stop()
        }
    }

    private let world: SimWorld
    private let executor: SimExecutor
    private var hands: [Hand] = []
    private var started = 0
    /// The graph of workers that are deployed now.
    private var target = 0
    /// Worker tasks that have not returned yet.
    private(set) var running = 0
    private(set) var failures: [String] = []
    /// Records that a worker said it applied, by seat: nothing here decides, it is for the trace.
    private(set) var batches = 0

    init(_ world: SimWorld, executor: SimExecutor) {
        self.world = world
        self.executor = executor
    }

    func start(generation: Int? = nil) {
        started += 1
        let slowness = (0..<world.plan.lanes).map { _ in world.plan.paces[world.time.below(world.plan.paces.count)] }
        let process = SimProcess(number: started, slowness: slowness, generation: generation ?? target)
        let hand = Hand(process)
        hands.append(hand)
        running += 1
        world.note("worker \(process.number) starts, lanes \(slowness) times slow, graph \(process.generation)")
        Task(executorPreference: executor) { [self] in
            await run(hand)
            running -= 1
        }
    }

    /// As the process of a worker does: it waits for its turn, and again whenever another graph's has come.
    private func run(_ hand: Hand) async {
        let process = hand.process
        let surroundings = SimSurroundings(world, process)
        while process.isAlive && !hand.isStopping {
            await GraphClaim(world.graphs[process.generation], defences: world.plan.defences).waitForTurn(
                SimCache(world, process, lane: .max), surroundings,
                until: { !process.isAlive || hand.isStopping },
                isWaiting: { world.note("worker \(process.number) stands by, another graph has its turn: \($0)") })
            guard process.isAlive, !hand.isStopping else { return }
            let worker = Worker(
                graph: world.graphs[process.generation], settings: settings,
                parts: SimParts(world, process, executor: executor), surroundings: surroundings,
                listener: CrewListener(world, process))
            hand.worker = worker
            do {
                _ = try await worker.run()
            } catch {
                if process.isAlive { failures.append("worker \(process.number): \(error)") }
            }
            guard worker.isDisplaced else { return }
        }
    }

    private var settings: WorkerSettings {
        var settings = WorkerSettings(owner: "simulation", group: SimRedis.group)
        settings.lanes = world.plan.lanes
        settings.batchRecords = world.plan.batch
        settings.receiveRecords = max(1, world.plan.batch / 2)
        settings.batchEntities = max(1, world.plan.batch / 2)
        settings.sliceDocuments = world.plan.slice
        settings.behindRecords = 1 + world.plan.batch / 2
        settings.behindWait = 10
        settings.emission = Emission.Bounds(
            keysPerCall: world.plan.keysPerCall, bytesPerCall: 1 << 16, removalsFrom: world.plan.removalsFrom,
            removalsPerCall: world.plan.keysPerCall)
        settings.callsInFlight = 2
        settings.receiveWait = 20
        settings.orderedNodes = 3
        settings.orderWait = 20
        settings.idleLook = world.plan.defences.contains(.idleLook) ? 100 : 1_000_000_000
        settings.commitInterval = 40
        settings.pendingLook = 10
        settings.shutdownTimeout = 2_000
        settings.revokeTimeout = 100
        settings.backoff = Backoff.Settings(initial: 4, cap: 60)
        settings.visibilityDeadline = 500
        // The played topics have none beside them: what waits for another try is a letter at once.
        settings.retry.rounds = 0
        settings.breaker = Breaker.Settings(threshold: 3, period: 200, recovery: 80, trials: 1)
        settings.recovery = RecoverySettings(
            strategies: world.plan.strategies, lagBound: world.plan.lagBound, rewind: 300)
        settings.defences = world.plan.defences
        return settings
    }

    /// This one, or any where it isn't one of ours.
    func crash(_ process: SimProcess? = nil) {
        guard !hands.isEmpty else { return }
        let index = hands.firstIndex { $0.process === process } ?? world.time.below(hands.count)
        let hand = hands.remove(at: index)
        world.note("worker \(hand.process.number) is killed")
        hand.process.kill()
        hand.process.stoppedUntil = 0
        hand.stop()
        // It comes back as it was.
        world.time.schedule(after: UInt64(world.time.below(200_000_000))) { [self] in
            start(generation: hand.process.generation)
        }
    }

    func crashAll() {
        for _ in hands { crash() }
    }

    func pause(_ nanoseconds: UInt64) {
        guard !hands.isEmpty else { return }
        let hand = hands[world.time.below(hands.count)]
        world.note("worker \(hand.process.number) is stopped for \(nanoseconds / 1_000_000) ms")
        hand.process.stoppedUntil = world.time.now + nanoseconds
    }

    func joinOrLeave() {
        if hands.count > 1 {
            let hand = hands.remove(at: world.time.below(hands.count))
            world.note("worker \(hand.process.number) leaves")
            hand.stop()
        } else {
            start()
        }
    }

    /// One comes with the other graph, and one with the former goes, until none of these is left. A deploy that is
    /// called back on the way is another one.
    func deploy() async {
        target = 1 - target
        let wanted = target
        world.note("deploy of graph \(wanted)")
        while wanted == target, let old = hands.first(where: { $0.process.generation != wanted }) {
            start()
            await world.time.sleep(UInt64(world.time.below(150_000_000)))
            guard let index = hands.firstIndex(where: { $0 === old }) else { continue }
            hands.remove(at: index)
            world.note("worker \(old.process.number) is replaced")
            old.stop()
            // The one that came may have left or died meanwhile, and the application wants somebody at work.
            if hands.isEmpty { start() }
            await world.time.sleep(UInt64(world.time.below(150_000_000)))
        }
    }

    func stopAll() {
        for hand in hands { hand.stop() }
        hands.removeAll()
    }
}

/// Writes what a worker says into the trace.
private final class CrewListener: WorkerListener {
    private let world: SimWorld
    private let process: SimProcess

    init(_ world: SimWorld, _ process: SimProcess) {
        self.world = world
        self.process = process
    }

    func heard(_ event: WorkerEvent) {
        if case .applied = event { return }
        world.note("worker \(process.number): \(event)")
    }
}
