import FreshetConfig
import FreshetCore
import FreshetWorker
import LocalServers
import PostgresLink
import RedisLink
import Telemetry
import TestServers
import Testing

@testable import freshet

/// A commit is in the log, and delivered, before others see it: for as long as a synchronous standby takes to answer.
extension CaptureTests {
    private static let change = "update match set status = 'finished', home_goals = 4, away_goals = 2 where id = 5"

    /// The worker as it ships, and beside it one whose defence is switched off, with a Redis of its own.
    @Test func theWorkerWaitsUntilTheCommitIsVisible() async throws {
        let bench = try CaptureBench(fullIdentity: false)
        let standby = try PostgresServer(
            folder: bench.folder.folder("standby", owner: PostgresServer.user), replicaOf: bench.postgres)
        try bench.postgres.psql("alter system set synchronous_standby_names = 'walreceiver'")
        try bench.postgres.psql("select pg_reload_conf()")
        try bench.capture(.json)
        let worker = try bench.worker()
        let careless = try CarelessWorker(bench)
        try await worker.ready()
        try await bench.rest()
        try await careless.applied(bench.ends())
        let connection = bench.connection()
        try await wait("the standby is synchronous") {
            try connection.query("select sync_state from pg_stat_replication where application_name = 'walreceiver'")
                .first?[0] == "sync"
        }
        // A team's event that came after the match's has invalidated it: its own event writes it again.
        let again = try connection.query(
            "update match set status = status where id = 5 returning pg_current_xact_id()::text")
        try await bench.delivered(again[0][0] ?? "", of: "match")
        let before = try connection.query("select doc from rm_match where id = 5")[0][0]
        try await wait("the match is cached") { try await bench.cachedMatch(bench.cache()) == before }
        try await bench.applied(bench.ends())
        try await careless.applied(bench.ends())

        standby.suspend()
        let ends = try bench.ends()
        let writer = Task.detached { [url = bench.postgres.url(database: "league")] in
            try PostgresConnection(PostgresSettings(url: url), access: .readWrite)
                .execute("set synchronous_commit = on; \(CaptureTests.change)", within: 180_000)
        }
        try await wait("Debezium delivers the commit") { try bench.ends() != ends }
        try await wait("the worker waits") { !worker.said("gate-waiting").isEmpty }
        try await careless.applied(bench.ends())
        // Nobody sees the commit, and it isn't applied: its offset is kept back.
        #expect(try connection.query("select doc from rm_match where id = 5")[0][0] == before)
        #expect(
            try await bench.cache().look(Array(ends.keys)).record?.checkpoints.mapValues(\.offset).filter {
                ends[$0.key] ?? 0 > 0
            } == ends.filter { $0.value > 0 })

        standby.resume()
        try await writer.value
        try await bench.applied(bench.ends())
        let after = try connection.query("select doc from rm_match where id = 5")[0][0]
        #expect(after != before)
        #expect(try await bench.cachedMatch(bench.cache()) == after)
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        // Who didn't wait has read the row of before, and nothing will tell it again.
        #expect(try await bench.cachedMatch(careless.cache()) == before)
        await careless.stop()
        #expect(try await worker.stop().count("adds-up") == 1)
    }
}

extension CaptureBench {
    fileprivate func cachedMatch(_ cache: RedisCacheStore) async throws -> String? {
        try await cache.get([Array("v1:match:5".utf8)])[0].map { String(decoding: $0, as: UTF8.self) }
    }
}
