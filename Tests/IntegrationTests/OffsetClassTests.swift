import Foundation
import FreshetCore
import KafkaLink
import TestServers
import Testing

/// Every class of recovery, produced for real between two workers of a group: it is found, said once for each
/// partition, kept for `freshet offsets describe`, and leaves nothing stale.
@Suite struct OffsetClassTests {
    /// Retention, deletion, and offsets moved from outside are beyond the embedded broker.
    @Test(.enabled(if: KafkaBrokers.hasReal)) func whatKafkaLosesOrSomebodyMoves() async throws {
        let scene = try await OffsetScene(.real)
        // Nothing committed, no checkpoint.
        #expect(scene.first.found("missing", "earliest", topic: scene.bench.topic) == WorkerBench.partitions)

        try await scene.between("moved", "follow") {
            // As `kafka-consumer-groups --reset-offsets --to-earliest` does it.
            try scene.admin.setCommitted(group: scene.bench.group, scene.play.ends.mapValues { _ in 0 })
        }
        #expect(try await scene.bench.counts(scene.play).total == Int64(scene.play.produced), "none counted twice")

        try await scene.between("expired", "rebuild") {
            try scene.play.playMatches(40)
            try scene.admin.deleteRecords(before: scene.play.ends)
            try scene.play.announceAll()
        }

        // The group is gone, the checkpoint is not: it goes on where Redis says.
        let before = try await scene.bench.counts(scene.play).total
        try await scene.between("none", "continue") {
            try scene.admin.delete(group: scene.bench.group)
            try scene.play.playMatches(20)
        }
        #expect(try await scene.bench.counts(scene.play).total > before)

        // … and now both are.
        try await scene.between("missing", "earliest") {
            try scene.admin.delete(group: scene.bench.group)
            _ = try scene.bench.cache().command("FLUSHALL")
        }
    }

    @Test(.enabled(if: KafkaBrokers.hasReal)) func aTopicThatIsMadeAgain() async throws {
        let scene = try await OffsetScene(.real)
        try await scene.between("truncated", "rebuild") {
            try await scene.replaceTopic()
            try scene.play.playMatches(20)
        }
        // This time it has grown past the checkpoints when a worker looks.
        try await scene.between("truncated", "rebuild") {
            let old = scene.play.ends
            try await scene.replaceTopic()
            while !old.allSatisfy({ scene.play.ends[$0.key] ?? 0 > $0.value + 1 }) { try scene.play.announceAll() }
        }
    }

    @Test(.enabled(if: KafkaBrokers.hasReal)) func partitionsAreAddedToALiveTopic() async throws {
        let bench = try WorkerBench(.real)
        let play = try LeaguePlay(bench, looksOften: true)
        let config = "\(bench.folder.path)/quick.yaml"
        try bench.writeConfig(config, kafkaLines: ["settings: {topic.metadata.refresh.interval.ms: \"500\"}"])
        try play.announceAll()
        let worker = try bench.worker(config: config)
        try await worker.ready()
        try KafkaAdmin(bench.kafka).createPartitions(of: bench.topic, total: WorkerBench.partitions + 1)
        let new = Int32(WorkerBench.partitions)
        try await wait("the new partition is started") {
            worker.said("recovery-decided").contains { $0.contains("\(bench.topic)[\(new)]") }
        }
        // The producer finds the partition a little later.
        try await wait("an event is in the new partition") { (try? play.announce(match: "1", partition: new)) != nil }
        try play.flush()
        try await bench.catchUp(play)
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        #expect(try await worker.stop().count("adds-up") == 1)
    }

    /// On a real Kafka where one can be had: a group's start takes the embedded one seconds.
    @Test func whatRedisLoses() async throws {
        let brokers = KafkaBrokers.hasReal ? KafkaBrokers.real : .mock
        let scene = try await OffsetScene(brokers, extra: "offsets: {lag-bound: 30, behind: rebuild}")
        try await scene.between("cache-lost", "rebuild") { _ = try scene.bench.cache().command("FLUSHALL") }
        // A copy from before: as a replica that lagged, or a restart from an old file.
        _ = try scene.bench.cache().command("SAVE")
        try await scene.between("none", "continue") { try scene.play.playMatches(60) }
        try await scene.between("cache-behind", "checkpoint", atLeast: 1) {
            scene.bench.redis.kill()
            try scene.bench.redis.restart()
        }
        try await scene.between("behind", "rebuild", atLeast: 1) {
            try scene.play.announceAll()
            try scene.play.announceAll()
        }
    }

    @Test func postgresHasAnotherHistory() async throws {
        let brokers = KafkaBrokers.hasReal ? KafkaBrokers.real : .mock
        let scene = try await OffsetScene(brokers, ownPostgres: true)
        try await scene.between("history", "rebuild") {
            scene.bench.postgres.stop()
            try Data().write(to: URL(filePath: "\(scene.bench.postgres.data)/standby.signal"))
            try scene.bench.postgres.restart()
            try scene.bench.postgres.promote()
            scene.play.reconnect()
        }
    }
}
