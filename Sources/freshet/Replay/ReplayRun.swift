import CommandKit
import FreshetConfig
import FreshetCore
import FreshetEvents
import FreshetWorker
import KafkaLink
import Synchronization
import Wiring

extension KafkaReplayLog: ReplayLog {}

/// A replay on real parts, from its ends to its comparison.
struct ReplayRun {
    private let deployment: Deployment
    private let invocation: Invocation
    private let selection: ReplaySelection
    private let name: String

    init(_ deployment: Deployment, _ invocation: Invocation, _ selection: ReplaySelection) {
        self.deployment = deployment
        self.invocation = invocation
        self.selection = selection
        name = ReplayState.name(selection.words)
    }

    private var settings: ReplaySettings {
        var settings = ReplaySettings()
        settings.windowRecords = invocation.integer("window-records").map(Int.init) ?? settings.windowRecords
        settings.windowEntities = invocation.integer("window-entities").map(Int.init) ?? settings.windowEntities
        settings.writeRate = invocation.integer("redis-rate").map(Int.init) ?? 0
        settings.isRaw = invocation.flag("raw")
        settings.isDry = !invocation.execute && !settings.isRaw
        return settings
    }

    func perform() async throws -> ReplayView {
        let graph = deployment.graph.graph
        let surroundings = MachineSurroundings()
        invocation.stop.onRequest { surroundings.hurry() }
        let cache = deployment.cache()
        let view = try await cache.look([])
        guard let record = view.record else { throw Repairer.noRecord }
        try DeploymentOwner.check(record, deployment)
        let keepsState = invocation.execute && !settings.isRaw
        let (stretches, isResumed) = try await stretches(cache, keepsState, surroundings)
        let total = stretches.reduce(0) { $0 + $1.to - $1.next }
        let progress = Mutex(ReplayProgress(records: total, on: invocation.console.err))
        var models = deployment.models(.replay, surroundings)
        if let rate = invocation.integer("postgres-rate"), rate > 0 {
            models = PacedModels(models, ReadPace(RateBound(rows: Int(rate)), surroundings))
        }
        defer { models.disconnect() }
        let stop = invocation.stop
        let replayer = Replayer(
            graph: graph, worker: deployment.settings.workerSettings, cache: cache, models: models,
            sources: try sources(stretches), surroundings: surroundings, settings: settings,
            isStopping: { stop.isRequested },
            progress: { count in progress.withLock { $0.read(count) } },
            applied: { keys, known in progress.withLock { $0.applied(keys, of: known) } })
        let report = try await replayer.run(parallel: Self.parallel) { stretches throws(Fault) in
            guard keepsState else { return }
            var revision = Revision(process: try await cache.look([]).process, incarnation: record.incarnation)
            let isDone = stretches.allSatisfy(\.isDone)
            revision.notes[name] = Revision.Note(isDone ? "" : ReplayState.text(stretches))
            _ = try await cache.revise(revision)
        }
        progress.withLock { $0.finish() }
        var outcome = ReplayView(
            report: report, settings: settings, stretches: replayer.stretches, isResumed: isResumed)
        if invocation.flag("verify"), keepsState, !report.isCut { outcome.verification = try await verify() }
        return outcome
    }

    /// One for each thread, with every so many-th partition.
    private func sources(_ stretches: [ReplayStretch]) throws(Fault) -> [Replayer.Source] {
        let graph = deployment.graph.graph
        let threads = max(1, min(Int(invocation.integer("threads") ?? 2), stretches.count))
        var sources: [Replayer.Source] = []
        for thread in 0..<threads {
            let mine = stretches.enumerated().filter { $0.offset % threads == thread }.map(\.element)
            let log = try KafkaReplayLog(
                deployment.settings.kafkaSettings,
                mine.enumerated().filter { !$1.isDone }.map { slot, stretch in
                    .init(partition: stretch.partition, from: stretch.next, assignment: Replayer.assignment(slot))
                })
            let all = EventDecoder(graph: graph)
            let decoder: any Decoder =
                selection.decoding.isAll ? all : SelectingDecoder(all, selection.decoding, graph)
            sources.append(Replayer.Source(log: log, decoder: decoder, stretches: mine))
        }
        return sources
    }

    private static func parallel(_ readers: [ReplayReader]) async -> Fault? {
        await withTaskGroup(of: Fault?.self) { group in
            for (number, reader) in readers.enumerated() {
                group.addTask {
                    do {
                        try await LaneThread.run("replay-\(number)") { try await reader.fill() }
                        return nil
                    } catch {
                        return error as? Fault
                    }
                }
            }
            return await group.reduce(into: nil) { $0 = $0 ?? $1 }
        }
    }

    /// Where an earlier run of the same replay was not through, its ends and its places.
    private func stretches(
        _ cache: any CacheStore, _ keepsState: Bool, _ surroundings: MachineSurroundings
    ) async throws -> ([ReplayStretch], isResumed: Bool) {
        if keepsState, !invocation.flag("restart"), let text = try await cache.notes([name])[name],
            let stretches = ReplayState.read(text, deployment.graph.graph)
        {
            return (stretches, true)
        }
        let admin = try KafkaAdmin(deployment.settings.kafkaSettings)
        return (try selection.stretches(deployment, admin, now: surroundings.wallClock()), false)
    }

    private func verify() async throws -> VerifyReport {
        var settings = VerifySettings()
        settings.kinds = selection.kinds
        let models = deployment.models(.replay, MachineSurroundings())
        defer { models.disconnect() }
        let announcements = try KafkaAnnouncements(
            deployment.settings.kafkaSettings, topics: deployment.graph.graph.topics.map(\.name))
        let verifier = Verifier(
            graph: deployment.graph.graph, cache: deployment.cache(), models: models, announcements: announcements,
            surroundings: MachineSurroundings(), settings: settings,
            isStopping: { invocation.stop.isRequested }, progress: { _, _ in })
        return try await verifier.walk()
    }
}
