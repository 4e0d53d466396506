import FreshetConfig
import FreshetCore
import FreshetWorker
import LocalServers
import RedisLink
import Telemetry

@testable import Wiring
@testable import freshet

/// A worker on real parts that doesn't wait for visibility. No setting of the product makes one, so it runs in here.
final class CarelessWorker {
    private struct Quiet: WorkerListener {
        func heard(_ event: WorkerEvent) {}
    }

    private let bench: CaptureBench
    private let redis: RedisServer
    private let group: String
    private let worker: Worker
    private let surroundings = MachineSurroundings()
    private let running: Task<Void, any Error>

    init(_ bench: CaptureBench) throws {
        self.bench = bench
        group = "\(bench.name)-careless"
        redis = try RedisServer(folder: bench.folder.folder("careless"))
        let config = "\(bench.folder.path)/careless.yaml"
        try bench.writeConfig(config, group: group, redis: redis)
        let deployment = Deployment(
            settings: try ConfigLoader.load(file: config, environment: [:]).get().settings, graph: bench.graph)
        var settings = deployment.settings.workerSettings
        settings.defences.remove(.visibility)
        let log = Log(level: .error, sink: NullLogSink(), clock: { 0 })
        let worker = Worker(
            graph: bench.graph.graph, settings: settings,
            parts: RuntimeParts(
                deployment, log: log, samples: Sampler.mailbox(deployment.settings.samplerSettings),
                surroundings: surroundings),
            surroundings: surroundings, listener: Quiet())
        self.worker = worker
        running = Task { _ = try await LaneThread.run("careless") { try await worker.run() } }
    }

    func cache() -> RedisCacheStore { bench.cache(of: redis, group: group) }

    func applied(_ ends: [Partition: Int64]) async throws { try await bench.applied(ends, by: cache()) }

    func stop() async {
        worker.stop()
        surroundings.hurry()
        _ = await running.result
    }
}
