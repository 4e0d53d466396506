import Foundation
import FreshetCore
import KafkaLink
import LocalServers
import RedisLink
import TestServers
import Testing

@testable import CommandKit
@testable import freshet

/// `freshet doctor` against real servers in the state that it warns of.
@Suite struct DoctorTests {
    private struct Answer {
        var code: ExitCode
        var verdicts: [String: String] = [:]
        var whats: [String: String] = [:]
        var advices: [String: String] = [:]

        /// Everything that isn't right.
        var findings: [String] {
            verdicts.filter { $0.value != "ok" }.map { "\($0.value) \($0.key)" }.sorted()
        }
    }

    private func doctor(_ bench: WorkerBench, config: String? = nil, _ words: String...) async throws -> Answer {
        chmod(config ?? bench.config, 0o600)
        let console = Console(out: OutputStream(), err: OutputStream())
        let code = await Program.run(
            ["doctor", "--config", config ?? bench.config, "--output", "json"] + words, environment: [:],
            console: console, stop: Stop())
        var answer = Answer(code: code)
        #expect(console.err.collected == "")
        let json = try JSONSerialization.jsonObject(with: Data(console.out.collected.utf8)) as? [String: Any]
        for check in json?["checks"] as? [[String: String]] ?? [] {
            let name = check["name"] ?? ""
            answer.verdicts[name] = check["verdict"]
            answer.whats[name] = check["what"]
            answer.advices[name] = check["advice"]
        }
        return answer
    }

    /// A bench as the manual says: a Redis with a bound and a user, a role that only reads.
    private func proper(_ brokers: KafkaBrokers, graph change: (String) -> String = { $0 }) async throws -> (
        WorkerBench, LeaguePlay, RedisCacheStore
    ) {
        let bench = try WorkerBench(brokers, graph: change)
        if brokers == .real {
            // A cluster that has had no group yet makes the topic that holds them first.
            let admin = try KafkaAdmin(bench.kafka)
            try await wait("groups are known") { (try? admin.describe(group: bench.group)) != nil }
        }
        let play = try LeaguePlay(bench)
        let redis = bench.cache()
        _ = try redis.command("CONFIG", "SET", "maxmemory", "200mb")
        let acl = try String(contentsOfFile: "\(TestEnvironment.root)/deploy/redis.acl", encoding: .utf8)
        let user = try #require(acl.split(separator: "\n").first { $0.hasPrefix("user freshet ") })
        _ = try redis.command(
            ["ACL", "SETUSER"].map { Array($0.utf8) } + user.split(separator: " ").dropFirst().map { Array($0.utf8) })
        let role = "reader_\(UUID().uuidString.prefix(8).lowercased())"
        try bench.connection().execute(
            "create role \(role) login; grant usage on schema public to \(role); "
                + "grant select on all tables in schema public to \(role); analyze")
        let text = try String(contentsOfFile: bench.config, encoding: .utf8)
            .replacing("redis:\n", with: "redis:\n  username: freshet\n  password: change-me-freshet\n")
            .replacing("//postgres@", with: "//\(role)@")
        try text.write(toFile: bench.config, atomically: true, encoding: .utf8)
        return (bench, play, redis)
    }

    @Test(arguments: KafkaBrokers.available)
    func whatTheManualSetsUpIsFine(_ brokers: KafkaBrokers) async throws {
        let (bench, _, _) = try await proper(brokers)
        let well = try await doctor(bench)
        #expect(well.findings == [], "\(well.whats)")
        #expect(well.code == .fine)
        #expect(well.verdicts.count >= 20)
        for name in ["redis.rights", "postgres.read-models", "kafka.topic \(bench.topic)", "clock redis", "memory"] {
            #expect(well.verdicts[name] == "ok", "\(name)")
        }
        #expect(well.whats["redis.record"] == "none under the prefix `v1` yet: the first worker makes it")
    }

    @Test func redisInEachBadState() async throws {
        let (bench, _, redis) = try await proper(.mock)
        _ = try redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        #expect(try await doctor(bench).findings == ["warning redis.eviction"])
        #expect(try await doctor(bench, "--fail-on", "error").code == .fine)
        _ = try redis.command("CONFIG", "SET", "maxmemory-policy", "volatile-lru")

        _ = try redis.command("ACL", "SETUSER", "freshet", "-hset", "-scan", "-hscan")
        let rights = try await doctor(bench)
        #expect(rights.findings == ["error redis.rights", "warning redis.upkeep-rights"])
        #expect(
            rights.advices["redis.rights"]
                == "ACL SETUSER freshet +scan +hset (`deploy/redis.acl` has all of them)")
        _ = try redis.command("ACL", "SETUSER", "freshet", "+hset", "+scan", "+hscan", "resetkeys", "~v2:*")
        #expect(try await doctor(bench).findings.contains("error redis.keys"))
        _ = try redis.command("ACL", "SETUSER", "freshet", "resetkeys", "~v1:*")

        _ = try await redis.establish(
            incarnation: "abc", owner: "another", history: History(system: 1, timeline: 1))
        let owned = try await doctor(bench)
        #expect(owned.findings == ["error redis.record"])
        #expect(owned.code == .found)
        #expect(owned.whats["redis.record"]?.contains("belong to the deployment `another`") == true)
        _ = try redis.command("HSET", "v1:freshet", "owner", "tests", "pending", "99999", "breaker:postgres", "open")
        #expect(try await doctor(bench).findings == ["warning redis.breaker postgres", "warning redis.pending"])
        _ = try redis.command("UNLINK", "v1:freshet")

        _ = try redis.command("REPLICAOF", "127.0.0.1", "1")
        let replica = try await doctor(bench)
        #expect(replica.findings == ["error redis.connection"])
        #expect(replica.advices["redis.connection"]?.contains("point `redis.host` at the master") == true)
        bench.redis.stop()
        let away = try await doctor(bench)
        #expect(away.code == .unreachable)
        #expect(away.findings == ["error redis.connection"])
        #expect(away.verdicts["postgres.read-models"] == "ok", "the others are looked at all the same")
        #expect(away.verdicts["kafka.topic \(bench.topic)"] == "ok")
    }

    @Test func postgresInEachBadState() async throws {
        let (bench, _, _) = try await proper(.mock)
        let owner = bench.connection()
        let config = try String(contentsOfFile: bench.config, encoding: .utf8)
        let role = try #require(config.firstMatch(of: /\/\/(reader_\w+)@/)?.1)
        try owner.execute("revoke select on all tables in schema public from \(role)")
        let rights = try await doctor(bench)
        #expect(rights.code == .found)
        #expect(rights.findings.contains { $0.hasPrefix("error graph line ") })
        #expect(rights.advices.values.contains("grant select on it to this role"))
        try owner.execute(
            "grant select on all tables in schema public to \(role); alter role \(role) connection limit 3")
        #expect(try await doctor(bench).findings == ["warning postgres.connections"])
        try owner.execute("alter role \(role) connection limit -1 superuser")
        #expect(try await doctor(bench).findings == ["warning postgres.role"])
        try owner.execute(
            """
            alter role \(role) nosuperuser; create table big (id bigint, event_id bigint);
            alter table big set (autovacuum_enabled = off);
            insert into big select i, i from generate_series(1, 40000) i; grant select on big to \(role);
            create or replace view upkeep as select b.id, '{}'::text as doc from big b;
            grant select on upkeep to \(role)
            """)
        let graph = try String(contentsOfFile: "\(bench.folder.path)/league.yaml", encoding: .utf8)
        let kind = """
              big:
                id: bigint
                keys: [{template: "big:{id}", sql: "select id, doc from upkeep where id = any($1)", ttl: 1h}]

            """
        let edge = """
              - {from: team, to: big, read-model: same-transaction, sql: "select id, id from team where id = any($1)"}

            """
        try graph.replacing("\nkinds:\n", with: "\nkinds:\n\(kind)").replacing(
            "\nedges:\n", with: "\nedges:\n\(edge)"
        ).write(toFile: "\(bench.folder.path)/league.yaml", atomically: true, encoding: .utf8)
        // Statistics are told a moment after the transaction.
        try await wait("the changed rows are counted") {
            try owner.query("select n_mod_since_analyze::text from pg_stat_all_tables where relname = 'big'").first?
                .first
                == "40000"
        }
        let plans = try await doctor(bench)
        #expect(plans.verdicts["postgres.statistics big"] == "warning", "\(plans.findings)")
        #expect(plans.advices["postgres.statistics big"] == "analyze big")
        #expect(plans.advices.values.contains("missing index: `create index on big (id)`"), "\(plans.findings)")
        let wrong = config.replacing("//\(role)@", with: "//nobody_\(role)@")
        try wrong.write(toFile: "\(bench.folder.path)/wrong.yaml", atomically: true, encoding: .utf8)
        let away = try await doctor(bench, config: "\(bench.folder.path)/wrong.yaml")
        #expect(away.code == .unreachable)
        #expect(away.findings == ["error postgres.connection"])
    }

    @Test(.enabled(if: KafkaBrokers.hasReal)) func kafkaInEachBadState() async throws {
        let (bench, _, _) = try await proper(.real)
        let admin = try KafkaAdmin(bench.kafka)
        try admin.createTopic("\(bench.topic).dlq", partitions: 2, configuration: ["retention.ms": "-1"])
        let retry = "\(bench.topic).\(bench.group).retry"
        try admin.createTopic(retry, partitions: 4, configuration: ["retention.ms": "86400000"])
        for topic in ["\(bench.topic).dlq", retry] { try admin.awaitTopic(topic) }
        let sides = try await doctor(bench)
        #expect(
            sides.findings == [
                "error kafka.dead-letter \(bench.topic).dlq", "error kafka.retry \(retry)",
            ])
        #expect(
            sides.advices["kafka.dead-letter \(bench.topic).dlq"]
                == "kafka-topics.sh --bootstrap-server \(bench.kafka.bootstrap) --alter --topic \(bench.topic).dlq "
                + "--partitions 4")
        #expect(sides.advices["kafka.retry \(retry)"]?.hasSuffix("--add-config retention.ms=518420000") == true)
        // The right to write is known, and nothing was written.
        #expect(sides.verdicts["kafka.write \(retry)"] == "ok")
        for number in Int32(0)..<4 { #expect(try admin.watermarks(Partition(topic: retry, number: number)).high == 0) }

        try admin.deleteTopic("\(bench.topic).dlq")
        try await wait("the topic is gone") { try admin.partitions(of: "\(bench.topic).dlq").isEmpty }
        let text = try String(contentsOfFile: bench.config, encoding: .utf8)
        let config = "\(bench.folder.path)/strict.yaml"
        try (text + "\ndead-letter-topic: {create: false}\ndoctor: {longest-outage: 30d}\n")
            .write(toFile: config, atomically: true, encoding: .utf8)
        let missing = try await doctor(bench, config: config)
        #expect(
            missing.advices["kafka.dead-letter \(bench.topic).dlq"]
                == "kafka-topics.sh --bootstrap-server \(bench.kafka.bootstrap) --create --topic \(bench.topic).dlq "
                + "--partitions 4 --replication-factor 1 --config retention.ms=-1")
        #expect(missing.verdicts["kafka.retention \(bench.topic)"] == "warning", "brokers keep 7 days by default")

        let other = "\(bench.folder.path)/other.yaml"
        let graph = try String(contentsOfFile: "\(bench.folder.path)/league.yaml", encoding: .utf8)
        try graph.replacing("\(bench.topic):", with: "\(bench.topic)-missing:").write(
            toFile: "\(bench.folder.path)/other-league.yaml", atomically: true, encoding: .utf8)
        try text.replacing("league.yaml", with: "other-league.yaml").write(
            toFile: other, atomically: true, encoding: .utf8)
        let topic = try await doctor(bench, config: other)
        #expect(topic.findings == ["error kafka.topic \(bench.topic)-missing"])
        try text.replacing(bench.kafka.bootstrap, with: "127.0.0.1:1").replacing(
            "kafka:\n", with: "kafka:\n  request-timeout: 1s\n"
        )
        .write(toFile: other, atomically: true, encoding: .utf8)
        let away = try await doctor(bench, config: other)
        #expect(away.code == .unreachable)
        #expect(away.findings == ["error kafka.connection"])
    }
}
