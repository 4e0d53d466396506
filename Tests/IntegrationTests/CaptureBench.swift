import Foundation
import FreshetConfig
import FreshetCore
import KafkaLink
import LocalServers
import PostgresLink
import RedisLink
import TestServers

/// The sample league in a PostgreSQL that is captured: real Kafka, real Debezium, the worker's own configuration.
final class CaptureBench: LeagueBench {
    static let tables = ["event", "phase", "team", "match"]
    static let partitions = 4
    /// Why the suites can't run; nil where they can.
    static let obstacle: String? =
        if TestEnvironment.kafkaKit == nil {
            "no Kafka kit with debezium-up (FRESHET_TEST_KAFKA_KIT)"
        } else if KafkaServer.shared == nil {
            "no Apache Kafka"
        } else {
            nil
        }

    let folder: TemporaryFolder
    let postgres: PostgresServer
    let redis: RedisServer
    let kafka: KafkaSettings
    let admin: KafkaAdmin
    /// Of topics, group, replication slot and publication.
    let name: String
    let graph: LoadedGraph
    let config: String
    private var debezium: DebeziumProcess?

    /// The season's fixtures, without results.
    init(fullIdentity: Bool) throws {
        folder = try TemporaryFolder()
        name = "cdc-\(UUID().uuidString.prefix(8).lowercased())"
        redis = try RedisServer(folder: folder.folder("redis"))
        postgres = try PostgresServer(
            folder: folder.folder("postgres", owner: PostgresServer.user),
            settings: ["wal_level": "logical", "wal_sender_timeout": "300s"])
        try postgres.createDatabase("league")
        kafka = KafkaSettings(bootstrap: KafkaServer.shared?.bootstrap ?? "", group: "tests")
        admin = try KafkaAdmin(kafka)
        let graphFile = "\(folder.path)/league.yaml"
        try Self.graph(name).write(toFile: graphFile, atomically: true, encoding: .utf8)
        graph = try GraphFile.load(path: graphFile)
        config = "\(folder.path)/freshet.yaml"
        try writeConfig(config, group: name, redis: redis)
        let connection = self.connection()
        for file in ["schema.sql", "load.sql"] { try connection.execute(Self.text(file)) }
        _ = try connection.query("select league_load(1, $1::text::jsonb, false)", [Self.season])
        for table in Self.tables where fullIdentity {
            try connection.execute("alter table \(table) replica identity full")
        }
        for topic in Self.tables.map(topic) + [heartbeats, "\(topic("match")).dlq"] {
            try admin.createTopic(topic, partitions: topic == heartbeats ? 1 : Self.partitions)
        }
    }

    static func text(_ file: String) throws -> String {
        try String(contentsOf: LeagueDatabase.folder.appending(path: file), encoding: .utf8)
    }

    static var season: String { get throws { try text("2023-24.en.1.json") } }

    func topic(_ table: String) -> String { "\(name).public.\(table)" }

    var heartbeats: String { "__debezium-heartbeat.\(name)" }

    /// The sample, with names of this bench; and heartbeats, which a worker that reads every topic of a prefix meets.
    private static func graph(_ name: String) throws -> String {
        let file = LeagueDatabase.folder.deletingLastPathComponent().appending(path: "league-capture.yaml")
        return try String(contentsOf: file, encoding: .utf8).replacing("  cdc.public.", with: "  \(name).public.")
            .replacing(
                "\ntopics:\n",
                with: """

                    topics:
                      __debezium-heartbeat.\(name):
                        format: debezium
                        unknown: reject
                        kind: match

                    """)
    }

    func writeConfig(_ path: String, group: String, redis: RedisServer) throws {
        let text = """
            deployment: \(group)
            graph: league.yaml
            kafka:
              bootstrap: "\(kafka.bootstrap)"
              group: \(group)
              session-timeout: 6s
            redis:
              port: \(redis.port)
            postgres:
              url: "\(postgres.url(database: "league"))"
            worker:
              commit-interval: 200ms
            log:
              level: debug
            """
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    func capture(_ converter: DebeziumProcess.Converter) throws {
        debezium = try DebeziumProcess(
            kit: TestEnvironment.kafkaKit ?? "", folder: "\(folder.path)/debezium", bootstrap: kafka.bootstrap,
            source: .init(port: postgres.port, database: "league", tables: Self.tables, name: name),
            converter: converter)
    }

    func worker() throws -> WorkerProcess {
        try WorkerProcess(arguments: ["worker", "--config", config], folder: folder.path, name: "worker")
    }

    func cache() -> RedisCacheStore { cache(of: redis, group: name) }

    func cache(of redis: RedisServer, group: String) -> RedisCacheStore {
        RedisCacheStore(
            settings: RedisSettings(port: redis.port), namespace: graph.graph.namespace, group: group,
            pendingLimit: 1_000)
    }

    func connection() -> PostgresConnection {
        PostgresConnection(PostgresSettings(url: postgres.url(database: "league")), access: .readWrite)
    }

    /// Where the captured topics end.
    func ends() throws -> [Partition: Int64] {
        var ends: [Partition: Int64] = [:]
        for table in Self.tables {
            for number in 0..<Int32(Self.partitions) {
                let partition = Partition(topic: topic(table), number: number)
                ends[partition] = try admin.watermarks(partition).high
            }
        }
        return ends
    }

    /// Waits until Debezium has delivered everything that is committed by now, and the worker has applied it.
    ///
    /// The slot is confirmed up to what Kafka has acknowledged. It moves with changes; the one made here changes no
    /// document. The last of them may come when the slot is there already, and is waited for, too: nothing of ours
    /// arrives during what the test does next.
    func rest() async throws {
        let connection = self.connection()
        let end = try connection.query("select pg_current_wal_insert_lsn()")[0][0]
        var last = ""
        try await wait("Debezium confirms \(end ?? "")") {
            let changed = try connection.query(
                "update team set name = name where id = 20 returning pg_current_xact_id()::text")
            last = changed[0][0] ?? ""
            let rows = try connection.query(
                "select confirmed_flush_lsn >= $1::text::pg_lsn from pg_replication_slots where slot_type = 'logical'",
                [end])
            try await Task.sleep(for: .milliseconds(200))
            return rows.first?[0] == "t"
        }
        try await delivered(last, of: "team")
        try await applied(ends())
    }

    /// Waits until a topic ends with the change of this transaction, the last one that its table saw.
    func delivered(_ transaction: String, of table: String) async throws {
        try await wait("Debezium delivers transaction \(transaction)") {
            try (0..<Int32(Self.partitions)).contains { number in
                let partition = Partition(topic: topic(table), number: number)
                let end = try admin.watermarks(partition).high
                guard end > 0, let record = try admin.record(partition, at: end - 1) else { return false }
                return String(decoding: record.value ?? [], as: UTF8.self).contains("\"txId\":\(transaction),")
            }
        }
    }

    func applied(_ ends: [Partition: Int64], by cache: RedisCacheStore? = nil) async throws {
        let cache = cache ?? self.cache()
        try await wait("the checkpoints reach \(ends)") {
            guard let record = try? await cache.look(Array(ends.keys)).record else { return false }
            return ends.allSatisfy { $0.value == 0 || record.checkpoints[$0.key]?.offset ?? -1 >= $0.value }
        }
    }
}
