import CommandKit
import FreshetConfig
import FreshetCore
import PostgresLink
import Telemetry

/// One run of `freshet dev`, from its servers to its account.
package final class DevRun {
    private static let millisecondsBetweenFrames: UInt64 = 100
    private static let scenesKept = 8
    private static let settleTimeout: UInt64 = 30_000_000_000
    private static let assignmentTimeout: UInt64 = 60_000_000_000

    private let options: DevOptions
    private let environment: [String: String]
    private let stop: Stop
    private let reporter: DevReporter
    private var state: DevState
    private let started = MachineClock.now()
    private var lastFrame: UInt64 = 0
    /// The worker's counts when the season began.
    private var begin = MetricsSnapshot()
    /// Records that a real broker kept of earlier runs.
    private var found: Int64 = 0

    package init(_ options: DevOptions, console: Console, environment: [String: String], stop: Stop) {
        self.options = options
        self.environment = environment
        self.stop = stop
        reporter = DevReporter(console)
        state = DevState(season: "", seed: options.seed, speed: Double(options.speed), scenes: 0)
    }

    package func run() async throws -> ExitCode {
        defer { reporter.end() }
        let files = try SchemaFiles.find(environment: environment)
        await say("starting Redis, PostgreSQL and \(options.kafka ?? "the embedded broker")")
        let servers = try await DevServers.start(kafka: options.kafka, files: files)
        defer { servers.stop() }
        if stop.isRequested { return .fine }
        await say("loading the season")
        let connection = PostgresConnection(PostgresSettings(url: servers.postgres.url()), access: .readWrite)
        defer { connection.close() }
        let season = try LeagueSeason.load(files, into: connection)
        let scenes = LeagueScript.scenes(season.matches, adjustments: season.adjustments, seed: options.seed)
        state.season = season.name
        state.scenes = scenes.count
        if stop.isRequested { return .fine }

        let worker = try DevWorker(configFile: servers.configFile, log: "\(servers.folder.path)/worker.log")
        let cache = worker.deployment.cache()
        let player = SeasonPlayer(connection, try servers.broker.producer())
        found = try worker.recordsOnTopic(SeasonPlayer.topic)
        worker.start()
        state.hints = servers.hints
        do {
            let explainer = CascadeReader(graph: worker.graph, models: worker.deployment.models())
            try await play(scenes, player, explainer, worker, cache)
        } catch {
            await worker.stop()
            throw error
        }
        state.status = "waiting for the last events"
        await settle(worker, until: found + player.produced, cache, evenIfStopped: true)
        let finished = worker.numbers.recordsFinished
        await worker.stop()
        try worker.check()
        state.numbers = DevNumbers.of(worker.numbers, since: begin)
        let comparison = try await FinalComparison.make(graph: worker.graph, cache: cache, connection: connection)
        state.status = nil
        await frame(worker, cache, force: true)
        reporter.end()
        let account = DevAccount(state: state, found: found, finished: finished, comparison: comparison)
        for line in account.lines() { reporter.print(line) }
        return account.isGood ? .fine : .found
    }

    /// Waits for the group, announces the fixtures, and plays until the end, the time or the wish to stop.
    private func play(
        _ scenes: [LeagueScene], _ player: SeasonPlayer, _ explainer: CascadeReader, _ worker: DevWorker,
        _ cache: any CacheStore
    ) async throws {
        state.status = "waiting for the group to assign its partitions"
        let limit = MachineClock.now() + Self.assignmentTimeout
        while !worker.isReady && !stop.isRequested && MachineClock.now() < limit {
            try worker.check()
            await frame(worker, cache)
            _ = await stop.sleep(milliseconds: 50)
        }
        if stop.isRequested { return }
        guard worker.isReady else {
            throw CommandFailure(
                .unreachable,
                "Kafka assigned no partitions to the worker within \(Self.assignmentTimeout / 1_000_000_000) s"
                    + (worker.trouble.map { ": \($0)" } ?? "."))
        }
        state.status = "announcing the fixtures"
        try player.announceFixtures()
        state.produced = player.produced
        await settle(worker, until: found + player.produced, cache, evenIfStopped: false)
        begin = worker.numbers
        state.status = nil

        let start = MachineClock.now()
        let interval = 1_000_000_000 / UInt64(options.speed)
        let end = options.duration.map { start + UInt64($0) * 1_000_000 } ?? .max
        for (number, scene) in scenes.enumerated() {
            let due = start + UInt64(number) * interval
            if try await wait(until: min(due, end), worker, cache) || MachineClock.now() >= end { return }
            try await perform(scene, player, explainer, worker, cache)
        }
        guard reporter.isLive else { return }
        state.status = "the season is over; Ctrl-C ends the run"
        _ = try await wait(until: end, worker, cache)
    }

    /// True where the wish to stop came first.
    private func wait(until due: UInt64, _ worker: DevWorker, _ cache: any CacheStore) async throws -> Bool {
        while true {
            try worker.check()
            await frame(worker, cache)
            let now = MachineClock.now()
            if stop.isRequested { return true }
            if now >= due { return false }
            let pause = min((due - now) / 1_000_000 + 1, Self.millisecondsBetweenFrames)
            if await stop.sleep(milliseconds: Int(pause)) { return true }
        }
    }

    /// Plays one scene; while one of the servers is away, tries again.
    private func perform(
        _ scene: LeagueScene, _ player: SeasonPlayer, _ explainer: CascadeReader, _ worker: DevWorker,
        _ cache: any CacheStore
    ) async throws {
        while !stop.isRequested {
            do {
                let version = try player.play(scene)
                let cascade = try await explainer.tree(of: scene.kind, id: scene.id)
                let played = DevState.Played(scene: scene, version: version, cascade: cascade)
                state.status = nil
                state.played += 1
                state.produced = player.produced
                state.recent = state.recent.suffix(Self.scenesKept - 1) + [played]
                state.elapsed = elapsed
                reporter.tell(played, state)
                return
            } catch {
                state.status = "\(error)"
                await frame(worker, cache, force: true)
                _ = await stop.sleep(milliseconds: 1_000)
            }
        }
    }

    private func settle(
        _ worker: DevWorker, until records: Int64, _ cache: any CacheStore, evenIfStopped: Bool
    ) async {
        let limit = MachineClock.now() + Self.settleTimeout
        while worker.numbers.recordsFinished < records && MachineClock.now() < limit && !worker.hasEnded {
            if stop.isRequested && !evenIfStopped { return }
            await frame(worker, cache)
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    private func frame(_ worker: DevWorker, _ cache: any CacheStore, force: Bool = false) async {
        let now = MachineClock.now()
        guard force || now - lastFrame >= Self.millisecondsBetweenFrames * 1_000_000 else { return }
        lastFrame = now
        state.elapsed = elapsed
        state.numbers = DevNumbers.of(worker.numbers, since: begin)
        // While Redis is away the table stays as it was seen last.
        if let rows = try? await StandingsReader.top(cache) { state.standings = rows }
        var shown = state
        shown.status = state.status ?? worker.trouble
        reporter.show(shown)
    }

    private func say(_ status: String) async {
        state.status = status
        state.elapsed = elapsed
        reporter.show(state)
    }

    private var elapsed: Int64 { Int64((MachineClock.now() - started) / 1_000_000) }
}
