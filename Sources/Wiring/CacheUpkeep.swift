import FreshetConfig
import FreshetCore
import FreshetWorker
import Synchronization

/// Upkeep on real parts: a thread and connections of its own beside the lanes, held to the bounds of warming.
final class CacheUpkeep: Sendable {
    private let deployment: Deployment
    private let surroundings: any Surroundings
    private let isReady: @Sendable () -> Bool
    private let observe: @Sendable (UpkeepEvent) -> Void
    private let state = Mutex((isStopping: false, isRunning: false))

    /// Nothing is done before `isReady`: recovery comes first.
    init(
        _ deployment: Deployment, _ surroundings: any Surroundings, isReady: @escaping @Sendable () -> Bool,
        observe: @escaping @Sendable (UpkeepEvent) -> Void
    ) {
        self.deployment = deployment
        self.surroundings = surroundings
        self.isReady = isReady
        self.observe = observe
    }

    func start() {
        guard !Upkeeper.kinds(deployment.graph.graph).isEmpty else { return }
        state.withLock { $0.isRunning = true }
        LaneThread.start("upkeep") { [self] in
            await run()
            state.withLock { $0.isRunning = false }
        }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func run() async {
        let settings = UpkeepSettings(
            owner: deployment.settings.deployment, emission: deployment.settings.workerSettings.emission)
        while !isStopping, !isReady() { await surroundings.sleep(milliseconds: Self.readyLook) }
        let models = deployment.models(.warm, surroundings)
        defer { models.disconnect() }
        let pace = deployment.pace(.warm, surroundings)
        let parts = UpkeepParts(
            cache: deployment.cache(), models: models,
            ids: { [deployment] kind throws(Fault) in
                let ids = try deployment.warmIDs(kind, pageRows: settings.pageEntities)
                return pace.map { PacedRows(ids, $0) } ?? ids
            }, announcements: await announcements())
        let upkeeper = Upkeeper(
            graph: deployment.graph.graph, parts: parts, settings: settings, surroundings: surroundings,
            isStopping: { [self] in isStopping }, observe: observe)
        await upkeeper.run()
    }

    /// Milliseconds between looks whether the worker is ready.
    private static let readyLook = 200
    /// Milliseconds that an orderly end waits for the last call: it has a deadline of its own.
    private static let patience = 3_000

    /// Only a setting that librdkafka refuses keeps them from being there, and with that no worker starts.
    private func announcements() async -> (any Announcements)? {
        try? KafkaAnnouncements(
            deployment.settings.kafkaSettings, topics: deployment.graph.graph.topics.map(\.name))
    }

    /// Stops, and waits a moment for it, so that another worker needn't wait for the lease.
    func stop() async {
        state.withLock { $0.isStopping = true }
        for _ in 0..<Self.patience / 20 where state.withLock({ $0.isRunning }) {
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// At once, without waiting.
    func tellStop() { state.withLock { $0.isStopping = true } }
}
