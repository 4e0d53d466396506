import Foundation
import FreshetCore
import TestServers
import Testing

/// Classes of work beside each other: what is capped leaves the live one alone.
@Suite struct RateLimitTests {
    private func warm(_ bench: WorkerBench, _ name: String) throws -> WorkerProcess {
        try WorkerProcess(
            arguments: [
                "warm", "--config", bench.config, "--kinds", "match", "--top", "150", "--page", "20", "--execute",
            ],
            folder: bench.folder.path, name: name)
    }

    @Test func liveEventsPassACappedWarm() async throws {
        // 300 rows: it would take a hundred seconds.
        let bench = try WorkerBench(.mock, special: .init(postgresLines: ["limits: {warm: {rows: 3}}"]))
        let scene = try await WorkerScene(bench)
        let connection = bench.connection()
        func connections() throws -> Int {
            try connection.query("select 1 from pg_stat_activity where datname = current_database()").count
        }
        let before = try connections()
        let warm = try warm(bench, "warm")
        try await wait("it reads") { try connections() > before }
        try scene.play.playMatches(50)
        try await scene.recovered()
        // Without its cap it would have ended long before.
        try await Task.sleep(for: .seconds(2))
        #expect(warm.isRunning)
        warm.signal(SIGTERM)
        try await warm.end()
        try await scene.finish()
    }

    @Test func twoKeepTheSharedBoundTogether() async throws {
        let bench = try WorkerBench(
            .mock, special: .init(postgresLines: ["limits: {warm: {rows: 100}, shared: true}"]))
        let scene = try await WorkerScene(bench)
        let began = ContinuousClock.now
        let both = try [warm(bench, "first"), warm(bench, "second")]
        for process in both { #expect(try await process.end() == 0, "\(process.output)") }
        // 600 rows; 100 of them at once, and nobody waits for the last pages. Each alone would need 2 s.
        #expect(ContinuousClock.now - began > .milliseconds(3_500))
        #expect(try bench.cache().command("EXISTS", "v1:freshet:limit:warm").int == 1)
        try await scene.recovered()
        try await scene.finish()
    }
}
