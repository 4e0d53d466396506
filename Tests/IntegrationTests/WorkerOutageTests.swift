import Foundation
import FreshetCore
import TestServers
import Testing

/// What goes away under a running worker and comes back: it recovers alone, and no key is stale at the end.
@Suite struct WorkerOutageTests {
    private struct Scene {
        var bench: WorkerBench
        var play: LeaguePlay
        var status: String

        init(_ brokers: KafkaBrokers, ownPostgres: Bool = false) throws {
            bench = try WorkerBench(brokers, ownPostgres: ownPostgres)
            play = try LeaguePlay(bench)
            status = "\(bench.folder.path)/status.json"
        }

        func worker() async throws -> WorkerProcess {
            try play.announceAll()
            let worker = try bench.worker(arguments: ["--status-file", status])
            try await worker.ready()
            try play.playMatches(100)
            return worker
        }

        /// Until every partition has a committed offset: one that has neither that nor a checkpoint isn't found
        /// `cache-lost` but `missing`.
        func haveCommitted() async throws {
            try await wait("every partition is committed") {
                try bench.committed(play).count >= WorkerBench.partitions
            }
        }

        func isPaused(by dependency: String) -> Bool {
            let text = (try? String(contentsOfFile: status, encoding: .utf8)) ?? ""
            return text.contains(#""state":"paused""#) && text.contains(#""dependency":"\#(dependency)""#)
        }

        var isReady: Bool {
            ((try? String(contentsOfFile: status, encoding: .utf8)) ?? "").contains(#""state":"ready""#)
        }

        /// Waits until recovery has decided about `found` for every partition.
        func recovered(_ worker: WorkerProcess, _ found: String, times: Int = 1) async throws {
            try await wait("recovery from \(found)") {
                worker.said("recovery-decided").filter {
                    $0.contains(#""found":"\#(found)""#) && !$0.contains(".retry[")
                }.count >= times * WorkerBench.partitions
            }
        }

        /// The rest of the season; then every key is compared.
        func finish(_ worker: WorkerProcess) async throws {
            try play.playMatches()
            try await bench.catchUp(play)
            let verdict = try await CacheOracle(bench: bench).compare()
            #expect(verdict.stale == [], "\(worker.output)")
            #expect(verdict.equal > 100, "\(worker.output)")
            try await wait("the status is ready again") { isReady }
            let account = try await worker.stop()
            #expect(account.count("adds-up") == 1)
        }
    }

    @Test(arguments: KafkaBrokers.available)
    func aKilledWorkerIsFollowedByAnother(_ brokers: KafkaBrokers) async throws {
        let scene = try Scene(brokers)
        let first = try await scene.worker()
        // In the middle of the hundred.
        try await wait("something is applied") { try await scene.bench.counts(scene.play).total > 20 }
        first.crash()
        let second = try scene.bench.worker("second", arguments: ["--status-file", scene.status])
        try scene.play.playMatches(50)
        try await second.ready()
        try await scene.finish(second)
        #expect(try await scene.bench.counts(scene.play).total == Int64(scene.play.produced), "each counted once")
    }

    @Test(arguments: KafkaBrokers.available)
    func redisComesBackWithoutItsData(_ brokers: KafkaBrokers) async throws {
        let scene = try Scene(brokers)
        let worker = try await scene.worker()
        try await scene.haveCommitted()
        scene.bench.redis.kill()
        try scene.play.playMatches(50)
        try await wait("the worker is paused") { scene.isPaused(by: "redis") }
        try scene.bench.redis.restart()
        try await scene.recovered(worker, "cache-lost")
        try await scene.finish(worker)
    }

    @Test(arguments: KafkaBrokers.available)
    func redisIsFlushedUnderLoad(_ brokers: KafkaBrokers) async throws {
        let scene = try Scene(brokers)
        let worker = try await scene.worker()
        try await scene.haveCommitted()
        _ = try scene.bench.cache().command("FLUSHALL")
        try scene.play.playMatches(50)
        try await scene.recovered(worker, "cache-lost")
        try await scene.bench.catchUp(scene.play)
        _ = try scene.bench.cache().command("FLUSHALL")
        // Nothing is announced meanwhile: the idle lanes' look finds it.
        try await scene.recovered(worker, "cache-lost", times: 2)
        try await scene.finish(worker)
    }

    @Test(arguments: KafkaBrokers.available)
    func postgresCrashesAndComesBack(_ brokers: KafkaBrokers) async throws {
        let scene = try Scene(brokers, ownPostgres: true)
        let worker = try await scene.worker()
        scene.bench.postgres.kill()
        try await wait("the worker is paused") { scene.isPaused(by: "postgres") }
        // Lanes with work and lanes without see it alike.
        try await wait("the breaker is open") { !worker.said("breaker-opened").isEmpty }
        try scene.bench.postgres.restart()
        scene.play.reconnect()
        try await wait("the breaker is closed") { !worker.said("breaker-closed").isEmpty }
        try await scene.finish(worker)
    }

    /// A restored snapshot keeps system and timeline, and has forgotten what is cached.
    @Test(arguments: KafkaBrokers.available)
    func postgresIsSetBackToASnapshot(_ brokers: KafkaBrokers) async throws {
        let scene = try Scene(brokers, ownPostgres: true)
        let worker = try await scene.worker()
        let postgres = scene.bench.postgres
        try await scene.bench.catchUp(scene.play)
        postgres.stop()
        let (data, snapshot) = ("\(postgres.folder)/data", "\(postgres.folder)/snapshot")
        try copy(data, to: snapshot)
        try postgres.restart()
        scene.play.reconnect()
        let position = try scene.bench.connection().query(
            "select (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint::text")
        let before = UInt64(position[0][0] ?? "") ?? 0
        try scene.play.playMatches(100)
        try await scene.bench.catchUp(scene.play)
        try await wait("the position is noted") {
            try await scene.bench.cache().look([]).record?.flushed ?? 0 > before
        }
        postgres.kill()
        try FileManager.default.removeItem(atPath: data)
        try copy(snapshot, to: data)
        try postgres.restart()
        scene.play.reconnect()
        try await scene.recovered(worker, "history")
        // What is decided is said before it is done.
        try await wait("what was cached is removed") {
            worker.said("rebuild-finished").contains { $0.contains(#""history""#) }
        }
        #expect(worker.said("history-changed").count == 1)
        // Nothing was announced since: what was cached of the hundred is gone.
        let verdict = try await CacheOracle(bench: scene.bench).compare()
        #expect(verdict.stale == [])
        try await scene.finish(worker)
    }

    /// With owners and modes, as `pg_ctl` insists on them.
    private func copy(_ from: String, to: String) throws {
        let process = try Process.run(URL(filePath: "/bin/cp"), arguments: ["-a", from, to])
        #expect(process.end() == 0)
    }

    @Test(arguments: KafkaBrokers.available)
    func anOrderKeepsCallsAwayUntilItIsTakenBack(_ brokers: KafkaBrokers) async throws {
        let scene = try Scene(brokers)
        let worker = try await scene.worker()
        try await scene.bench.catchUp(scene.play)
        func breaker(_ order: String) async throws {
            let process = try WorkerProcess(
                arguments: ["breaker", order, "postgres", "--config", scene.bench.config, "--execute"],
                folder: scene.bench.folder.path, name: "breaker-\(order)")
            #expect(try await process.end() == 0, "\(process.output)")
        }
        try await breaker("open")
        try await wait("the worker is paused") { scene.isPaused(by: "postgres") }
        let before = try await scene.bench.counts(scene.play).total
        try scene.play.playMatches(20)
        // Longer than the session time-out: it keeps its partitions.
        try await Task.sleep(for: .seconds(8))
        #expect(try await scene.bench.counts(scene.play).total == before)
        #expect(worker.said("partitions-revoked").isEmpty && worker.said("partitions-lost").isEmpty)
        try await breaker("auto")
        try await scene.finish(worker)
    }

    @Test func theBrokerGoesAndComesBack() async throws {
        let scene = try Scene(.mock)
        let worker = try await scene.worker()
        let broker = try #require(scene.bench.embedded)
        try broker.tell("down -1")
        try await Task.sleep(for: .seconds(2))
        #expect(worker.isRunning)
        try broker.tell("up -1")
        try await scene.finish(worker)
    }
}
