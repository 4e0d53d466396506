import FreshetCore
import FreshetWorker

/// The worker processes of a schedule.
///
/// Confined to the playing thread, see `SimTime`.
final class Crew: @unchecked Sendable {
    private struct Hand {
        var process: SimProcess
        var worker: Worker
    }

    private let world: SimWorld
    private let executor: SimExecutor
    private var hands: [Hand] = []
    private var started = 0
    /// Worker tasks that have not returned yet.
    private(set) var running = 0
    private(set) var failures: [String] = []
    /// Records that a worker said it applied, by seat: nothing here decides, it is for the trace.
    private(set) var batches = 0

    init(_ world: SimWorld, executor: SimExecutor) {
        self.world = world
        self.executor = executor
    }

    func start() {
        started += 1
        let slowness = (0..<world.plan.lanes).map { _ in world.plan.paces[world.time.below(world.plan.paces.count)] }
        let process = SimProcess(number: started, slowness: slowness)
        var settings = WorkerSettings(owner: "simulation", group: SimRedis.group)
        settings.lanes = world.plan.lanes
        settings.batchRecords = world.plan.batch
        settings.receiveRecords = max(1, world.plan.batch / 2)
        settings.batchEntities = max(1, world.plan.batch / 2)
        settings.behindRecords = 1 + world.plan.batch / 2
        settings.behindWait = 10
        settings.emission = Emission.Bounds(keysPerCall: world.plan.keysPerCall, bytesPerCall: 1 << 16)
        settings.callsInFlight = 2
        settings.receiveWait = 20
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
        let worker = Worker(
            graph: world.graph, settings: settings, parts: SimParts(world, process, executor: executor),
            surroundings: SimSurroundings(world, process), listener: CrewListener(world, process))
        hands.append(Hand(process: process, worker: worker))
        running += 1
        world.note("worker \(process.number) starts, lanes \(slowness) times slow")
        Task(executorPreference: executor) { [self] in
            do {
                _ = try await worker.run()
            } catch {
                if process.isAlive { failures.append("worker \(process.number): \(error)") }
            }
            running -= 1
        }
    }

    /// This one, or any where it isn't one of ours.
    func crash(_ process: SimProcess? = nil) {
        guard !hands.isEmpty else { return }
        let index = hands.firstIndex { $0.process === process } ?? world.time.below(hands.count)
        let hand = hands.remove(at: index)
        world.note("worker \(hand.process.number) is killed")
        hand.process.kill()
        hand.process.stoppedUntil = 0
        hand.worker.stop()
        world.time.schedule(after: UInt64(world.time.below(200_000_000))) { [self] in start() }
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
            hand.worker.stop()
        } else {
            start()
        }
    }

    func stopAll() {
        for hand in hands { hand.worker.stop() }
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
