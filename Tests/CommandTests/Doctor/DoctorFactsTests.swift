import CommandKit
import FreshetCore
import KafkaLink
import Testing

@testable import freshet

/// What doctor makes of facts that a test can't easily bring about.
@Suite struct DoctorFactsTests {
    @Test(arguments: [
        ("noeviction", Check.Verdict.ok), ("volatile-lru", .ok), ("volatile-ttl", .ok), ("allkeys-lru", .warning),
        ("allkeys-random", .warning),
    ])
    func whatMayBeEvicted(_ policy: String, _ verdict: Check.Verdict) {
        #expect(RedisFacts.eviction(["maxmemory_policy": policy]).verdict == verdict)
    }

    @Test func oldRedisCantRunTheScripts() {
        #expect(RedisFacts.version(["redis_version": "6.2.7"]).verdict == .error)
        #expect(RedisFacts.version(["redis_version": "7.0.15"]) == .ok("redis.version", "7.0.15"))
    }

    @Test func aFullRedisIsNamedBeforeItIsFull() {
        #expect(RedisFacts.memory(["used_memory": "899", "maxmemory": "1000"])[0].verdict == .ok)
        #expect(RedisFacts.memory(["used_memory": "900", "maxmemory": "1000"])[0].verdict == .warning)
        #expect(RedisFacts.memory(["used_memory": "900", "maxmemory": "0"])[0].verdict == .warning)
    }

    @Test func aClusterIsRefused() {
        let checks = RedisFacts.role(["role": "master", "cluster_enabled": "1"])
        #expect(checks.map(\.verdict) == [.ok, .error])
        #expect(RedisFacts.role(["role": "slave"]).map(\.verdict) == [.error])
    }

    @Test func writesThatRedisRefusesBecauseOfItsDisk() {
        let checks = RedisFacts.persistence(
            ["rdb_last_bgsave_status": "err", "aof_enabled": "1", "aof_last_write_status": "err"], save: nil)
        #expect(checks.map(\.name) == ["redis.snapshot", "redis.aof", "redis.persistence"])
        #expect(checks.map(\.verdict) == [.error, .error, .ok])
    }

    private func facts(
        _ configuration: [String: String], partitions: Int = 4, replicas: Int = 1, leaderless: [Int32] = []
    ) -> TopicFacts {
        var facts = TopicFacts(
            topic: .init(
                name: "orders", partitions: partitions, replicas: replicas, leaderless: leaderless, error: nil),
            brokers: 3, kafka: KafkaSettings(bootstrap: "kafka:9092"))
        facts.configuration = configuration
        return facts
    }

    @Test func aTopicThatForgetsWithinAnOutage() {
        let topic = Topic(
            name: "orders", format: .json, events: .afterCommit, unknown: .ignore, types: [:], kind: nil,
            fields: Topic.Fields(), maxRecordSize: 1 << 20)
        func retention(_ milliseconds: String) -> Check? {
            facts(["retention.ms": milliseconds], replicas: 2).source(topic, outage: 3_600_000, usesFields: false)
                .first { $0.name == "kafka.retention orders" }
        }
        #expect(retention("3600000")?.verdict == .ok)
        #expect(retention("-1")?.what == "for ever")
        let short = retention("3599999")
        #expect(short?.verdict == .warning)
        #expect(
            short?.advice == "kafka-configs.sh --bootstrap-server kafka:9092 --alter --entity-type topics "
                + "--entity-name orders --add-config retention.ms=7200000")
        let lost = facts([:], leaderless: [2]).source(topic, outage: 1, usesFields: false)
        #expect(lost.first?.verdict == .error)
        #expect(facts([:]).source(topic, outage: 1, usesFields: false).first?.verdict == .warning, "one copy")
        let compacted = facts(["cleanup.policy": "compact"], replicas: 2)
        #expect(compacted.source(topic, outage: 1, usesFields: false).allSatisfy { $0.verdict == .ok })
        #expect(compacted.source(topic, outage: 1, usesFields: true).contains { $0.name.contains("compaction") })
    }

    @Test func memoryIsComparedWithWhatThereIs() throws {
        let deployment = try DoctorBench.deployment()
        let doctor = MachineDoctor(deployment: deployment)
        // 3 lanes of 4 MiB and 64 MiB, 8 partitions of 256 KiB: 206 MiB.
        #expect(
            doctor.memory(partitions: 8, limit: 412 << 20)
                == .ok(
                    "memory",
                    "at most 14 MiB fetched ahead (3 lanes, 8 partitions) and 192 MiB of rejected records, of 412 MiB"))
        #expect(doctor.memory(partitions: 8, limit: 411 << 20).verdict == .warning)
    }

    @Test func clocksThatDifferByMoreThanReadingThemTook() throws {
        let doctor = MachineDoctor(deployment: try DoctorBench.deployment())
        func verdict(_ ahead: Int64, _ uncertainty: Int64) -> Check.Verdict {
            doctor.clocks([.init(name: "redis", ahead: ahead, uncertainty: uncertainty)])[0].verdict
        }
        #expect(verdict(1_000, 0) == .ok)
        #expect(verdict(1_001, 0) == .warning)
        #expect(verdict(-1_001, 0) == .warning)
        #expect(verdict(1_500, 600) == .ok)
    }

    @Test func exitCodes() {
        func code(_ checks: [Check], away: Bool = false, strict: Bool = true) -> ExitCode {
            DoctorReport(checks: checks, isAway: away).code(strict: strict)
        }
        #expect(code([.ok("a", "b")]) == .fine)
        #expect(code([.warning("a", "b", "c")]) == .found)
        #expect(code([.warning("a", "b", "c")], strict: false) == .fine)
        #expect(code([.error("a", "b", "c")], strict: false) == .found)
        #expect(code([.error("a", "b", "c")], away: true) == .unreachable)
    }
}
