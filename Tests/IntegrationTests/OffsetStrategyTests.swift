import Foundation
import FreshetCore
import KafkaLink
import TestServers
import Testing

/// Every class of recovery with every strategy that applies to it. The class is produced for real while no worker runs
/// and read models have changed; then a worker with that strategy comes to rest. Nothing may be stale, as `freshet
/// verify` finds it, and every record must be accounted for: counted beside its checkpoint, or as skipped. Where the
/// strategy is `halt` the worker ends with 4, and nothing has moved.
@Suite struct OffsetStrategyTests {
    /// On a real Kafka where one can be had: only it deletes groups, records and topics, and knows times.
    private static let brokers = KafkaBrokers.hasReal ? KafkaBrokers.real : .mock

    @Test(.enabled(if: KafkaBrokers.hasReal)) func missing() async throws {
        let scene = try await OffsetScene(.real)
        try await scene.recoverByAll(.missing) {
            try scene.playOldAndNew()
            try scene.admin.delete(group: scene.bench.group)
            // As an eviction does it: what is cached stays.
            _ = try scene.bench.cache().command("UNLINK", "v1:freshet")
        }
    }

    @Test(.enabled(if: KafkaBrokers.hasReal)) func truncated() async throws {
        let scene = try await OffsetScene(.real)
        try await scene.recoverByAll(.truncated) {
            try scene.play.playMatches(10)
            try await scene.replaceTopic()
            try scene.playOldAndNew()
        }
    }

    @Test(.enabled(if: KafkaBrokers.hasReal)) func expired() async throws {
        let scene = try await OffsetScene(.real)
        try await scene.recoverByAll(.expired) {
            try scene.play.playMatches(10)
            try scene.play.announceAll()
            try scene.admin.deleteRecords(before: scene.play.ends)
            try scene.playOldAndNew()
        }
    }

    @Test func history() async throws {
        let scene = try await OffsetScene(Self.brokers, ownPostgres: true)
        try await scene.recoverByAll(.history) {
            try scene.play.playMatches(20)
            let postgres = scene.bench.postgres
            postgres.stop()
            try Data().write(to: URL(filePath: "\(postgres.data)/standby.signal"))
            try postgres.restart()
            try postgres.promote()
            scene.play.reconnect()
        }
    }

    @Test func cacheLost() async throws {
        let scene = try await OffsetScene(Self.brokers)
        try await scene.recoverByAll(.cacheLost) {
            try scene.play.playMatches(20)
            _ = try scene.bench.cache().command("UNLINK", "v1:freshet")
        }
    }

    @Test func cacheBehind() async throws {
        let scene = try await OffsetScene(Self.brokers)
        try await scene.recoverByAll(.cacheBehind) {
            // A copy from before, as a replica that lagged has it, or a restart from an old file.
            _ = try scene.bench.cache().command("SAVE")
            try await scene.between("none", "continue") {
                try scene.play.playMatches(40)
                try scene.play.announceAll()
            }
            scene.bench.redis.kill()
            try scene.bench.redis.restart()
        }
    }

    @Test func moved() async throws {
        let scene = try await OffsetScene(Self.brokers)
        try await scene.recoverByAll(.moved) {
            try scene.play.playMatches(20)
            // As `kafka-consumer-groups --reset-offsets --to-earliest` does it.
            try scene.admin.setCommitted(group: scene.bench.group, scene.play.ends.mapValues { _ in 0 })
        }
    }

    @Test func behind() async throws {
        let scene = try await OffsetScene(Self.brokers)
        func fall() throws {
            try scene.play.playMatches(20)
            for _ in 0..<2 { try scene.play.announceAll() }
        }
        try await scene.recoverByAll(.behind, settings: "lag-bound: 50") { try fall() }
        // Loading one row a second costs more than the backlog, and both are said.
        try fall()
        let worker = try await scene.recover(
            .behind, .rebuild, doing: .continue, settings: "lag-bound: 50, row-rate: 1")
        let line = try #require(worker.said("recovery-decided").first { $0.contains("behind") })
        for field in ["backlog-records", "backlog-time", "read-model-rows", "rebuild-time"] {
            #expect(line.contains("\"\(field)\":"), "\(line)")
        }
        #expect(line.contains(#""rate":"assumed""#))
    }

    /// The cache is gone while the worker is at work: how long it took until everything is true again is said.
    @Test func aFlushAtFullLoad() async throws {
        let bench = try WorkerBench(Self.brokers)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.catchUp(play)
        for round in 0..<12 {
            try play.playMatches(5)
            for number in 0..<1_000 { try play.announce(again: 1 + number % 380) }
            if round == 6 { _ = try bench.cache().command("FLUSHALL") }
        }
        try play.flush()
        try await bench.catchUp(play)
        try await wait("the end of the rebuild is said") {
            worker.said("rebuild-finished").contains { $0.contains("cache-lost") && $0.contains(#""after":"#) }
        }
        #expect(worker.found("cache-lost", "rebuild", topic: bench.topic) >= 1)
        try bench.expectVerified()
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        let account = try await worker.stop()
        #expect(account.count("adds-up") == 1)
        #expect(account.count("rebuilds") >= 1)
    }
}

extension WorkerBench {
    /// `freshet verify` over everything that is cached.
    func expectVerified(_ comment: String = "") throws {
        let done = try DlqProcess(
            ["verify", "--config", config, "--output", "json"], folder: folder.path, input: nil
        ).end()
        #expect(done.code == 0, "\(comment): \(done.out.prefix(2_000)) \(done.err)")
    }
}
