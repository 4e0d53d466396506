import Foundation
import FreshetCore
import LocalServers
import PostgresLink
import TestServers
import Testing

/// PostgreSQL in states that its operators bring about: the worker pauses, says what to do, and goes on by itself.
@Suite struct PostgresStateTests {
    private static func bench() throws -> WorkerBench {
        try WorkerBench(
            .mock, ownPostgres: true,
            special: .init(
                role: "reader", postgres: ["max_connections": "16"], postgresLines: ["statement-timeout: 1s"]))
    }

    @Test func rightsTablesLocksAndConnections() async throws {
        let bench = try Self.bench()
        let scene = try await WorkerScene(bench)
        let admin = bench.connection()
        try await scene.endure(
            "42P01", advice: "graph check",
            breaking: { try admin.execute("alter view rm_match rename to rm_match_gone") },
            mending: { try admin.execute("alter view rm_match_gone rename to rm_match") })
        try await scene.endure(
            "42501", advice: "postgres-roles.sql",
            breaking: { try admin.execute("revoke select on rm_match from reader") },
            mending: { try admin.execute("grant select on rm_match to reader") })
        // Whoever holds the lock may still announce: nothing changes meanwhile.
        try scene.play.execute("begin; lock table team in access exclusive mode")
        for match in 1...20 { try scene.play.announce(match: "\(match)") }
        try scene.play.flush()
        try await scene.paused("57014", advice: "pg_locks")
        try scene.play.execute("commit")
        try await scene.recovered()
        var crowd: [PostgresConnection] = []
        try await scene.endure(
            "53300", advice: "max_connections",
            breaking: {
                try admin.execute("create role crowd login")
                let url = bench.url.replacing("//postgres@", with: "//crowd@")
                try await wait("no connection is left") {
                    try admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'reader'")
                    while true {
                        let one = PostgresConnection(PostgresSettings(url: url), access: .readWrite)
                        guard (try? one.query("select 1")) != nil else { break }
                        crowd.append(one)
                    }
                    let left = try admin.query("select 1 from pg_stat_activity where usename = 'reader'")
                    return left.isEmpty && !crowd.isEmpty
                }
            },
            mending: { for one in crowd { one.close() } })
        try await scene.finish()
        #expect(scene.worker.said("partitions-revoked").isEmpty && scene.worker.said("partitions-lost").isEmpty)
    }

    /// A primary that was demoted answers, and only reads; promoted again it has a new history.
    @Test func aStandbyIsWaitedFor() async throws {
        let bench = try Self.bench()
        let scene = try await WorkerScene(bench)
        bench.postgres.stop()
        #expect(FileManager.default.createFile(atPath: "\(bench.postgres.folder)/data/standby.signal", contents: nil))
        try bench.postgres.restart()
        for match in 1...20 { try scene.play.announce(again: match) }
        try scene.play.flush()
        try await scene.paused("recovery", advice: "promote")
        try bench.postgres.promote()
        scene.play.reconnect()
        try scene.play.playMatches(20)
        try await scene.recovered()
        // A rebuild may pass over records that it makes needless.
        try await wait("recovery for the new history") {
            scene.worker.said("recovery-decided").contains { $0.contains(#""found":"history""#) }
        }
        #expect(try bench.records(of: "\(bench.topic).dlq").isEmpty)
        _ = try await scene.worker.stop()
    }

    /// The shortened form of an outage of minutes: longer than the session and than every retry in place.
    @Test func anOutageBeyondTheSessionCostsNothing() async throws {
        let scene = try await WorkerScene(WorkerBench(.mock, ownPostgres: true))
        scene.bench.postgres.kill()
        let before = scene.play.produced
        for match in 1...20 { try scene.play.announce(again: match) }
        try scene.play.flush()
        try await wait("the worker is paused") { scene.isPaused("postgres") }
        // The session time-out is 6 s.
        try await Task.sleep(for: .seconds(8))
        #expect(scene.isPaused("postgres") && scene.worker.isRunning)
        #expect(try await scene.bench.counts(scene.play).total == Int64(before))
        try scene.bench.postgres.restart()
        scene.play.reconnect()
        try await scene.recovered()
        #expect(scene.worker.said("partitions-revoked").isEmpty && scene.worker.said("partitions-lost").isEmpty)
        try await scene.finish()
    }
}
