import CommandKit
import FreshetConfig
import FreshetCore
import FreshetWorker
import Synchronization
import Telemetry

/// A worker on real parts, from its checks at the start to its account: for `freshet worker` and `freshet dev`.
package final class WorkerRuntime: Sendable {
    package let deployment: Deployment
    package let metrics = Metrics()
    package let state: WorkerState
    private let log: Log
    private let surroundings = MachineSurroundings()
    private let listener: RuntimeListener
    /// Another one each time that it is the turn of this graph.
    private let worker = Mutex<Worker?>(nil)
    private let isStopping = Mutex(false)
    /// Seconds without an assignment after which the log says so, and again each time.
    private static let assignmentPatience = 30
    private let samples: SampleMailbox
    private let upkeep: CacheUpkeep

    /// `onReady` is called once, when partitions were assigned and started (or others have them all); `observe` hears
    /// everything, on the threads of the lanes.
    package init(
        _ deployment: Deployment, log: Log, statusFile: StatusFile? = nil,
        onReady: @escaping @Sendable () -> Void = {},
        observe: @escaping @Sendable (WorkerEvent) -> Void = { _ in }
    ) {
        self.deployment = deployment
        self.log = log
        let settings = deployment.settings.workerSettings
        state = WorkerState(onReady: onReady, onChange: { statusFile?.write($0) })
        samples = Sampler.mailbox(deployment.settings.samplerSettings)
        listener = RuntimeListener(
            lanes: settings.allLanes, metrics: metrics, state: state, log: log, observe: observe)
        upkeep = CacheUpkeep(
            deployment, surroundings, isReady: { [state] in state.view.phase == .ready },
            observe: { [listener] in listener.heard(.upkeep($0)) })
        statusFile?.write(state.view)
    }

    package var account: Account { Account(metrics.snapshot()) }

    /// Throws what is wrong with servers and rights before the first record is read.
    package func check() async throws {
        let checks = StartupChecks(deployment: deployment, log: log)
        try await LaneThread.run("checks") { try await checks.run() }
    }

    /// Until `stop`; throws what can't be mended by waiting.
    package func run() async throws {
        let settings = deployment.settings
        log.info(
            .workerStarted,
            [
                "version": .string(Version.number), "deployment": .string(settings.deployment),
                "group": .string(settings.kafka.group), "lanes": .int(settings.worker.lanes),
                "topics": .strings(deployment.graph.graph.topics.map(\.name)),
            ])
        for warning in deployment.warnings { log.warning(.configurationWarning, ["why": .describing(warning)]) }
        ConsistencyFigure(deployment, metrics.lane()).start(samples, surroundings)
        upkeep.start()
        let reporter = Task { await report(every: settings.metricsLogInterval) }
        let watcher = Task { await watchAssignment() }
        defer {
            reporter.cancel()
            watcher.cancel()
            samples.close()
            state.stopped()
            log.info(.account, account.fields())
            log.info(.workerStopped)
        }
        do {
            try await work()
        } catch {
            await upkeep.stop()
            throw error
        }
        await upkeep.stop()
    }

    private func work() async throws {
        let settings = deployment.settings
        while await isOurTurn() {
            let worker = Worker(
                graph: deployment.graph.graph, settings: settings.workerSettings,
                parts: RuntimeParts(deployment, log: log, samples: samples, surroundings: surroundings),
                surroundings: surroundings, listener: listener)
            self.worker.withLock { $0 = worker }
            if isStopping.withLock({ $0 }) { worker.stop() }
            _ = try await LaneThread.run("coordinator") { try await worker.run() }
            guard worker.isDisplaced else { break }
        }
    }

    /// Waits while workers with another graph are at work. False where this one is to end.
    private func isOurTurn() async -> Bool {
        let claim = GraphClaim(deployment.graph.graph)
        try? await LaneThread.run("turn") { [self] in
            await claim.waitForTurn(
                deployment.cache(), surroundings, until: { isStopping.withLock { $0 } },
                isWaiting: { holder in
                    listener.waitsForTurn(holder)
                    state.standsBy(true)
                })
        }
        state.standsBy(false)
        return !isStopping.withLock { $0 }
    }

    /// In good order, within `worker.shutdown-timeout`.
    package func stop() {
        state.stopping()
        log.info(.workerStopping)
        isStopping.withLock { $0 = true }
        upkeep.tellStop()
        worker.withLock { $0 }?.stop()
        samples.close()
        surroundings.hurry()
    }

    /// Nothing fails while the group rebalances for ever, so nothing else would tell.
    private func watchAssignment() async {
        let hint =
            "a rebalance waits for every member: one that doesn't come back holds it up for kafka.max-poll-interval; "
            + "see kafka-consumer-groups --describe --state --group \(deployment.settings.kafka.group)"
        while (try? await Task.sleep(for: .seconds(Self.assignmentPatience))) != nil {
            guard let time = state.awaits(), time >= UInt64(Self.assignmentPatience) * 1_000_000_000 else { continue }
            log.warning(.assignmentAwaited, ["for": .duration(time), "why": .string(hint)])
        }
    }

    private func report(every milliseconds: Int) async {
        var before = metrics.snapshot()
        while (try? await Task.sleep(for: .milliseconds(milliseconds))) != nil {
            let now = metrics.snapshot()
            let view = state.view
            var fields: LogFields = ["state": .string(view.phase.rawValue), "partitions": .int(view.partitions.count)]
            fields = fields + Account(now.since(before)).fields()
            log.info(.progress, fields)
            before = now
        }
    }
}
