import CommandKit
import FreshetConfig
import FreshetCore
import Glibc
import KafkaLink
import Synchronization
import Telemetry
import Wiring

/// The worker of a run, in this process, as `freshet worker` runs it; its log goes to a file.
final class DevWorker: Sendable {
    private struct State {
        var isStarted = false
        var failure: (any Error)?
    }

    let deployment: Deployment
    private let runtime: WorkerRuntime
    private let state = Mutex(State())
    private let ready: Stop
    private let over = Stop()

    init(configFile: String, log file: String) throws {
        let settings = try ConfigLoader.load(file: configFile, environment: [:]).get().settings
        deployment = Deployment(settings: settings, graph: try GraphFile.load(path: settings.graph))
        let descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw CommandFailure(.fatal, "Can't write \(file)") }
        let log = Log(
            level: .info, sink: StreamLogSink(descriptor: descriptor, form: .plain(colour: false)),
            clock: { MachineClock.wall() })
        let ready = Stop()
        self.ready = ready
        runtime = WorkerRuntime(deployment, log: log, onReady: { ready.request() })
    }

    var graph: Graph { deployment.graph.graph }
    var numbers: MetricsSnapshot { runtime.metrics.snapshot() }
    /// Partitions were assigned and started.
    var isReady: Bool { ready.isRequested }
    var hasEnded: Bool { over.isRequested }

    /// What a dependency that is away does to the worker, in words; nil while all is well.
    var trouble: String? { runtime.state.view.pauses.first.map { "\($0.part) waits: \($0.fault)" } }

    /// Throws what ended it.
    func check() throws {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// Records on the topic before the run: a real broker keeps those of earlier ones.
    func recordsOnTopic(_ topic: String) throws(Fault) -> Int64 {
        let admin = try KafkaAdmin(deployment.settings.kafkaSettings)
        var sum: Int64 = 0
        for partition in try admin.partitions(of: topic) {
            let marks = try admin.watermarks(partition)
            sum += marks.high - marks.low
        }
        return sum
    }

    func start() {
        state.withLock { $0.isStarted = true }
        Task {
            do { try await runtime.run() } catch { state.withLock { $0.failure = error } }
            over.request()
        }
    }

    func stop() async {
        guard state.withLock({ $0.isStarted }) else { return }
        runtime.stop()
        await over.wait()
    }
}
