import FreshetCore
import FreshetWorker

/// Hands the played parts to a real worker.
final class SimParts: WorkerParts {
    private let world: SimWorld
    private let process: SimProcess
    private let consumer: SimConsumer
    private let executor: SimExecutor

    init(_ world: SimWorld, _ process: SimProcess, executor: SimExecutor) {
        self.world = world
        self.process = process
        self.executor = executor
        consumer = SimConsumer(world, process)
    }

    func laneParts(_ lane: Int) throws(Fault) -> LaneParts {
        LaneParts(
            log: SimLaneLog(consumer, lane: lane), cache: SimCache(world, process, lane: lane),
            models: SimModels(world, process, lane: lane), decoder: SimDecoder(defences: world.plan.defences),
            letters: SimLetterBox(world, process))
    }

    func coordinatorParts() throws(Fault) -> CoordinatorParts {
        CoordinatorParts(
            group: SimGroupLog(consumer), cache: SimCache(world, process, lane: .max),
            models: SimModels(world, process, lane: .max),
            stream: { [world, process] statement in SimRowStream(world, process, statement) },
            // Few enough that a rebuild is the cheaper one.
            rows: { _ in 0 })
    }

    func spawn(_ name: String, _ body: @escaping @Sendable () async -> Void) {
        Task(executorPreference: executor) { await body() }
    }
}

/// Virtual time for a worker's logic.
final class SimSurroundings: Surroundings {
    private let world: SimWorld
    private let process: SimProcess

    init(_ world: SimWorld, _ process: SimProcess) {
        self.world = world
        self.process = process
    }

    func now() -> UInt64 { world.time.now }
    func wallClock() -> Int64 { Int64(world.time.now / 1_000_000) }
    func random() -> UInt64 { world.time.next() }
    func sleep(milliseconds: Int) async {
        await world.time.sleep(UInt64(max(1, milliseconds)) * 1_000_000, in: process)
    }
}
