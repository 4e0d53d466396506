import FreshetCore
import FreshetWorker

/// What runs beside the lanes: the commands `warm`, `replay` and `verify --repair`, and upkeep, each as a process of
/// its own with the product's own code.
///
/// Confined to the playing thread, see `SimTime`.
final class Errands: @unchecked Sendable {
    private let world: SimWorld
    private let executor: SimExecutor
    private let isOver: () -> Bool
    private(set) var running = 0
    private var started = 0

    init(_ world: SimWorld, executor: SimExecutor, until isOver: @escaping () -> Bool) {
        self.world = world
        self.executor = executor
        self.isOver = isOver
    }

    func start() {
        for _ in 0..<world.plan.warms { later { await self.warm($0) } }
        for _ in 0..<world.plan.verifies { later { await self.verify($0) } }
        for _ in 0..<world.plan.replays { later { await self.replay($0) } }
        for _ in 0..<world.plan.upkeeps { later { await self.keep($0) } }
    }

    /// At a time while events come.
    private func later(_ errand: @escaping @Sendable (SimProcess) async -> Void) {
        started += 1
        running += 1
        let process = SimProcess(
            number: 100 * started, slowness: [world.plan.paces[world.time.below(world.plan.paces.count)]],
            generation: world.plan.faults.contains(.deploy) ? world.time.below(2) : 0)
        let delay = UInt64(world.time.below(max(1, world.plan.changes * world.plan.pause / 2)) * 1_000_000)
        Task(executorPreference: executor) { [self] in
            await world.time.sleep(delay, in: process)
            if !isOver() { await errand(process) }
            running -= 1
        }
    }

    private func warm(_ process: SimProcess) async {
        world.note("\(process.number) warms")
        let models = SimModels(world, process, lane: 0)
        var settings = WarmSettings(kinds: [SimGraph.match, SimGraph.league, SimGraph.table])
        settings.pageEntities = 3
        settings.emission = Emission.Bounds(keysPerCall: world.plan.keysPerCall, bytesPerCall: 1 << 16)
        settings.callsInFlight = 2
        let warmer = Warmer(
            graph: world.graphs[process.generation], cache: SimCache(world, process, lane: 0), models: models,
            surroundings: SimSurroundings(world, process), settings: settings, isStopping: isOver)
        do throws(Fault) {
            let report = try await warmer.run { kind in SimIDPages(world, kind) }
            world.note("\(process.number) has warmed \(report.pages) pages")
        } catch {
            world.note("\(process.number) gives up: \(error)")
        }
    }

    /// As a worker does it beside its lanes, until the schedule is over.
    private func keep(_ process: SimProcess) async {
        var graph = world.graphs[process.generation]
        for kind in [SimGraph.match, SimGraph.league, SimGraph.table] {
            // Which statement lists the ids is `SimIDPages`' business.
            graph.kinds[Int(kind.value)].warm = 0
            graph.kinds[Int(kind.value)].upkeep = KindUpkeep(
                atStart: .check, sample: 3, refreshEvery: 40, jitter: 300)
        }
        var settings = UpkeepSettings(
            owner: "simulation", emission: Emission.Bounds(keysPerCall: world.plan.keysPerCall, bytesPerCall: 1 << 16))
        settings.look = 8
        settings.lease = 500
        settings.postponement = 30
        settings.pageEntities = 3
        settings.moment = 15
        settings.patience = 100
        settings.backoff = Backoff.Settings(initial: 4, cap: 60)
        let parts = UpkeepParts(
            cache: SimCache(world, process, lane: 0), models: SimModels(world, process, lane: 0),
            ids: { [world] kind in SimIDPages(world, kind) }, announcements: SimAnnouncements(world, process))
        let (world, isOver) = (world, isOver)
        let upkeeper = Upkeeper(
            graph: graph, parts: parts, settings: settings, surroundings: SimSurroundings(world, process),
            isStopping: { isOver() || !process.isAlive }, observe: { world.note("\(process.number) keeps: \($0)") })
        await upkeeper.run()
    }

    private func replay(_ process: SimProcess) async {
        let stretches = world.kafka.partitions.map { partition in
            let number = Int(partition.number)
            return ReplayStretch(
                partition: partition, topic: 0, from: world.kafka.lows[number], to: world.kafka.ends[number])
        }
        world.note("\(process.number) replays \(stretches.map { "\($0.from)..<\($0.to)" })")
        var worker = WorkerSettings(owner: "simulation", group: SimRedis.group)
        worker.emission = Emission.Bounds(keysPerCall: world.plan.keysPerCall, bytesPerCall: 1 << 16)
        worker.callsInFlight = 2
        worker.backoff = Backoff.Settings(initial: 4, cap: 60)
        worker.defences = world.plan.defences
        var settings = ReplaySettings()
        settings.windowRecords = world.plan.batch
        settings.windowEntities = max(2, world.plan.children / 2)
        settings.patience = 2_000
        let over = Over(isOver)
        // Two that read take turns: what is merged is the same.
        let sources = [0, 1].compactMap { number -> Replayer.Source? in
            let part = stretches.enumerated().filter { $0.offset % 2 == number }.map(\.element)
            return part.isEmpty
                ? nil
                : Replayer.Source(
                    log: SimReplayLog(world, process, part), decoder: SimDecoder(defences: world.plan.defences),
                    stretches: part)
        }
        let replayer = Replayer(
            graph: world.graphs[process.generation], worker: worker, cache: SimCache(world, process, lane: 0),
            models: SimModels(world, process, lane: 0), sources: sources,
            surroundings: SimSurroundings(world, process), settings: settings, isStopping: { over.isOver() })
        do throws(Fault) {
            let report = try await replayer.run(
                parallel: { readers in
                    for reader in readers {
                        do throws(Fault) { try await reader.fill() } catch { return error }
                    }
                    return nil
                }, save: { _ in })
            world.note("\(process.number) has replayed \(report)")
        } catch {
            world.note("\(process.number) gives up: \(error)")
        }
    }

    private func verify(_ process: SimProcess) async {
        world.note("\(process.number) verifies")
        var settings = VerifySettings()
        settings.pageKeys = 4
        settings.moment = 60
        settings.patience = 2_000
        settings.repairs = true
        let verifier = Verifier(
            graph: world.graphs[process.generation], cache: SimCache(world, process, lane: 0),
            models: SimModels(world, process, lane: 0),
            announcements: SimAnnouncements(world, process), surroundings: SimSurroundings(world, process),
            settings: settings)
        do throws(Fault) {
            let report = try await verifier.walk()
            let wrong = report.findings.map { String(decoding: $0.key, as: UTF8.self) }
            world.note("\(process.number) has verified: \(wrong)")
            // With nothing broken and every event after its commit, what it calls stale would be stale.
            if !wrong.isEmpty && mustBeRight { world.report("verify calls \(wrong) wrong, and nothing was broken") }
        } catch {
            world.note("\(process.number) gives up: \(error)")
        }
    }

    private var mustBeRight: Bool {
        world.plan.everyFault.isSubset(of: [.duplicate, .hole, .crash, .stop, .rebalance, .busy])
            && !world.plan.isCapture && !world.plan.hasGates
    }
}

/// Whether the schedule is over.
///
/// Confined to the playing thread, see `SimTime`.
private final class Over: @unchecked Sendable {
    let isOver: () -> Bool

    init(_ isOver: @escaping () -> Bool) { self.isOver = isOver }
}

/// The ids of a kind as they are when the stream is opened.
private final class SimIDPages: RowStream {
    private var ids: [Int64]
    private let connectedTo: History

    init(_ world: SimWorld, _ kind: KindIndex) {
        let rows = world.database.rows(world.database.primary)
        connectedTo = world.database.history(world.database.primary)
        ids = (kind == SimGraph.match ? Array(rows.children.keys) : Array(rows.parents.keys)).sorted()
    }

    func history() async throws(Fault) -> History { connectedTo }

    func next() async throws(Fault) -> Rows? {
        guard !ids.isEmpty else { return nil }
        let page = Array(ids.prefix(3))
        ids.removeFirst(page.count)
        return Rows(count: page.count, columns: [.bigint(page, nulls: page.map { _ in false })])
    }

    func close() { ids = [] }
}

private final class SimAnnouncements: Announcements {
    private let world: SimWorld
    private let process: SimProcess

    init(_ world: SimWorld, _ process: SimProcess) {
        self.world = world
        self.process = process
    }

    func ends() async throws(Fault) -> [Partition: Int64] {
        await world.time.sleep(world.latency(1), in: process)
        var ends: [Partition: Int64] = [:]
        for partition in world.kafka.partitions {
            let end = world.kafka.ends[Int(partition.number)]
            if end > 0 { ends[partition] = end }
        }
        return ends
    }
}
