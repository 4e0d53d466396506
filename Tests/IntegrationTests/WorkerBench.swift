import Foundation
import FreshetConfig
import FreshetCore
import KafkaLink
import LocalServers
import PostgresLink
import RedisLink
import TestServers

/// Everything that a worker of the sample league needs, for one test: servers, topic, graph and configuration.
final class WorkerBench {
    static let partitions = 4

    let folder: TemporaryFolder
    let redis: RedisServer
    let postgres: PostgresServer
    /// nil on a real Kafka.
    let embedded: BrokerProcess?
    let kafka: KafkaSettings
    let topic: String
    let graph: LoadedGraph
    let group: String
    let config: String
    private let special: Special

    /// What a test of states wants otherwise.
    struct Special {
        /// The worker's role in PostgreSQL, one without rights of its own; nil: the superuser, as for the test.
        var role: String?
        var postgres: [String: String] = [:]
        /// Lines for the sections of the configuration.
        var redisLines: [String] = []
        var postgresLines: [String] = []
        /// A real Kafka of the test's own.
        var kafka: KafkaServer?
        /// Of Redis: short, so that one that doesn't answer is noticed soon.
        var commandTimeout = "2s"
    }

    /// `extra` are lines for the end of the configuration. The database is one of its own in a shared server, unless
    /// the test wants to break the server.
    init(
        _ brokers: KafkaBrokers, ownPostgres: Bool = false, extra: String = "", special: Special = Special(),
        graph change: (String) -> String = { $0 }
    ) throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        self.special = special
        redis = try RedisServer(folder: folder.folder("redis"))
        let database: String
        if ownPostgres {
            postgres = try PostgresServer(
                folder: folder.folder("postgres", owner: PostgresServer.user), settings: special.postgres)
            database = "league"
            try postgres.createDatabase(database)
        } else {
            (postgres, database) = try SharedLeagueServer.database()
        }
        url = postgres.url(database: database)
        if let role = special.role {
            try postgres.psql(
                "create role \(role) login; alter default privileges grant select on tables to \(role)",
                database: database)
        }
        topic = "league-\(UUID().uuidString.prefix(8).lowercased())"
        group = "workers-\(topic)"
        if brokers == .mock {
            let process = try BrokerProcess(
                topics: [topic, "\(topic).dlq", "\(topic).\(group).retry"], partitions: Self.partitions)
            embedded = process
            kafka = KafkaSettings(bootstrap: process.bootstrap, group: "tests")
        } else {
            embedded = nil
            let server = special.kafka ?? KafkaServer.shared
            var patient = KafkaSettings(bootstrap: server?.bootstrap ?? "", group: "tests")
            patient.requestTimeout = 60_000
            kafka = patient
            let admin = try KafkaAdmin(kafka)
            try admin.createTopic(topic, partitions: Self.partitions)
            try admin.awaitTopic(topic)
        }
        let sample = try String(
            contentsOf: LeagueDatabase.folder.deletingLastPathComponent().appending(path: "league.yaml"),
            encoding: .utf8)
        let graphFile = "\(folder.path)/league.yaml"
        try change(sample.replacing("league.changes:", with: "\(topic):")).write(
            toFile: graphFile, atomically: true, encoding: .utf8)
        graph = try GraphFile.load(path: graphFile)
        config = "\(folder.path)/freshet.yaml"
        try writeConfig(config, extra: extra)
    }

    let url: String

    func writeConfig(
        _ path: String, deployment: String = "tests", kafkaLines: [String] = [], rounds: Int = 10, extra: String = ""
    ) throws {
        let text = """
            deployment: \(deployment)
            graph: league.yaml
            kafka:
              bootstrap: "\(kafka.bootstrap)"
              group: \(group)
              session-timeout: 6s
              \(kafkaLines.joined(separator: "\n  "))
            redis:
              port: \(redis.port)
              command-timeout: \(special.commandTimeout)
              \(special.redisLines.joined(separator: "\n  "))
            postgres:
              url: "\(special.role.map { url.replacing("//postgres@", with: "//\($0)@") } ?? url)"
              \(special.postgresLines.joined(separator: "\n  "))
            worker:
              commit-interval: 200ms
              retry:
                backoff-cap: 1s
                attempts: 2
                delay: 1s
                rounds: \(rounds)
            metrics:
              log-interval: 5s
            \(extra)
            """
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    func worker(_ name: String = "worker", config: String? = nil, arguments: [String] = []) throws -> WorkerProcess {
        try WorkerProcess(
            arguments: ["worker", "--config", config ?? self.config] + arguments, folder: folder.path, name: name)
    }

    /// A store of the test's own, as a command of the product would have it.
    func cache() -> RedisCacheStore {
        RedisCacheStore(
            settings: RedisSettings(port: redis.port), namespace: graph.graph.namespace, group: group,
            pendingLimit: 1_000)
    }

    /// How the records of all partitions were counted, beside the checkpoints.
    func counts(_ play: LeaguePlay) async throws -> OutcomeCounts {
        let record = try await cache().look(Array(play.ends.keys)).record
        return record?.checkpoints.values.reduce(OutcomeCounts()) { $0 + $1.counts } ?? OutcomeCounts()
    }

    /// What the group committed.
    func committed(_ play: LeaguePlay) throws -> [Partition: Int64] {
        try KafkaAdmin(kafka).committed(group: group, Array(play.ends.keys))
    }

    /// Waits until what matches led to is known whole: the standings are swept once when it is.
    func remembers(under prefix: String = "v1") async throws {
        try await wait("the memory is whole") {
            try self.cache().command("HEXISTS", "\(prefix):freshet:memory:match->standings", "!").int == 1
        }
    }

    /// Waits until a real Kafka knows of no member any more: that a worker leaves may not be heard in time.
    func isLeft() async throws {
        guard embedded == nil else { return }
        let admin = try KafkaAdmin(kafka)
        try await wait("the group is empty") { (try? admin.describe(group: self.group))?.members.isEmpty == true }
    }

    /// All records of one of the bench's topics.
    func records(of topic: String) throws -> [RecordCopy] {
        var settings = kafka
        settings.group = "reader-\(UUID().uuidString)"
        let reader = try KafkaGroup(settings, topics: [topic], lanes: 1)
        defer { reader.close(within: 1_000) }
        var records: [RecordCopy] = []
        for number in 0..<Int32(Self.partitions) {
            let partition = Partition(topic: topic, number: number)
            guard let ends = try reader.watermarks([partition])[partition] else { continue }
            for offset in ends.low..<ends.high {
                if let record = try reader.records(at: [partition: offset])[partition] { records.append(record) }
            }
        }
        return records
    }

    func connection() -> PostgresConnection {
        PostgresConnection(PostgresSettings(url: url), access: .readWrite)
    }

    /// Waits until every record that was produced so far is applied.
    func catchUp(_ play: LeaguePlay, within seconds: Int = 180) async throws {
        let ends = play.ends
        try await wait("the checkpoints reach \(ends.values.sorted())", within: seconds) {
            guard let record = try? await self.cache().look(Array(ends.keys)).record else { return false }
            return ends.allSatisfy { record.checkpoints[$0.key]?.offset ?? -1 >= $0.value }
        }
    }
}

struct NeverHappened: Error, CustomStringConvertible {
    var description: String
}

/// Looks until it is so; the limit is for a run that is broken.
func wait(_ what: String, within seconds: Int = 120, until condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try await !condition() {
        guard ContinuousClock.now < end else { throw NeverHappened(description: "not within \(seconds) s: \(what)") }
        try await Task.sleep(for: .milliseconds(50))
    }
}
