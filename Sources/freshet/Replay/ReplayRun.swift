import CommandKit
import FreshetConfig
import FreshetCore
import FreshetEvents
import FreshetWorker
import KafkaLink
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
        let log = try KafkaReplayLog(
            deployment.settings.kafkaSettings,
            stretches.enumerated().filter { !$1.isDone }.map { slot, stretch in
                .init(partition: stretch.partition, from: stretch.next, assignment: Replayer.assignment(slot))
            })
        let total = stretches.reduce(0) { $0 + $1.to - $1.next }
        var progress = Progress("replay", total: total, unit: "records", on: invocation.console.err)
        var decoder: any Decoder = EventDecoder(graph: graph)
        if !selection.decoding.isAll { decoder = SelectingDecoder(decoder, selection.decoding, graph) }
        var models = deployment.models(.replay, surroundings)
        if let rate = invocation.integer("postgres-rate"), rate > 0 {
            models = PacedModels(models, ReadPace(RateBound(rows: Int(rate)), surroundings))
        }
        defer { models.disconnect() }
        let replayer = Replayer(
            graph: graph, worker: deployment.settings.workerSettings,
            parts: LaneParts(log: log, cache: cache, models: models, decoder: decoder, letters: NoBox()), log: log,
            stretches: stretches, surroundings: surroundings, settings: settings,
            isStopping: { invocation.stop.isRequested }, progress: { progress.advance(to: Int64($0.records)) })
        let report = try await replayer.run { stretches throws(Fault) in
            guard keepsState else { return }
            var revision = Revision(process: try await cache.look([]).process, incarnation: record.incarnation)
            let isDone = stretches.allSatisfy(\.isDone)
            revision.notes[name] = Revision.Note(isDone ? "" : ReplayState.text(stretches))
            _ = try await cache.revise(revision)
        }
        progress.finish()
        var outcome = ReplayView(
            report: report, settings: settings, stretches: replayer.stretches, isResumed: isResumed)
        if invocation.flag("verify"), keepsState, !report.isCut { outcome.verification = try await verify() }
        return outcome
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

/// A replay writes no letters.
private final class NoBox: LetterBox {
    func send(_ letters: [Letter]) async throws(Fault) {}
}
