import CommandKit
import FreshetConfig
import FreshetCore
import FreshetWorker
import KafkaLink
import PostgresLink
import RedisLink
import Telemetry

/// A configuration with its graph, both checked: what every command that touches the servers begins with.
package struct Deployment: Sendable {
    package let settings: Settings
    package let graph: LoadedGraph
    /// Right, but not wise.
    package let warnings: [ConfigProblem]

    package init(settings: Settings, graph: LoadedGraph, warnings: [ConfigProblem] = []) {
        self.settings = settings
        self.graph = graph
        self.warnings = warnings
    }

    /// Throws everything that is wrong with the settings, or with the graph that they name.
    package init(_ invocation: Invocation) throws(ConfigProblems) {
        let loaded = try ConfigLoader.load(file: invocation.text("config"), environment: invocation.environment).get()
        settings = loaded.settings
        graph = try GraphFile.load(path: loaded.settings.graph)
        warnings = loaded.warnings
    }

    package func cache() -> RedisCacheStore {
        RedisCacheStore(
            settings: settings.redisSettings, namespace: graph.graph.namespace, group: settings.kafka.group,
            pendingLimit: settings.worker.pendingLimit, graph: GraphPrints(graph.graph).name)
    }

    package func models() -> PostgresReadModels {
        PostgresReadModels(settings.postgresSettings, statements: graph.graph.statements)
    }

    /// How fast a class of work may read; nil: as fast as it likes. One for each thread of it: of `threads` that divide
    /// the bound among them.
    package func pace(_ bulkhead: Bulkhead, _ surroundings: any Surroundings, of threads: Int = 1) -> ReadPace? {
        guard var bound = settings.postgres.limits[bulkhead], !bound.isNone else { return nil }
        // What is kept together in Redis is divided there.
        if threads > 1, !settings.postgres.sharesLimits { bound = bound.divided(by: threads) }
        let shared = settings.postgres.sharesLimits ? RedisRate(cache(), bulkhead) : nil
        return ReadPace(bound, shared: shared, surroundings)
    }

    /// The read models of one thread of a class of work, on a connection of its own.
    package func models(_ bulkhead: Bulkhead, _ surroundings: any Surroundings) -> any ReadModels {
        var settings = settings.postgresSettings
        if bulkhead != .live { settings.applicationName += " \(bulkhead.rawValue)" }
        let models = PostgresReadModels(settings, statements: graph.graph.statements)
        return pace(bulkhead, surroundings).map { PacedModels(models, $0) } ?? models
    }

    /// Rows that one page of a stream holds.
    private static let pageRows = 1_000

    /// The rows of a statement that takes no ids, on a connection of its own.
    func stream(_ index: Int) -> PostgresCursor {
        let statement = graph.graph.statements[index]
        return PostgresCursor(
            settings.postgresSettings, sql: statement.sql, columns: statement.columns, pageRows: Self.pageRows,
            name: statement.name)
    }

    /// How many rows a statement without ids has, as the planner guesses.
    package func rows(of index: Int) throws(Fault) -> Int64 {
        let connection = PostgresConnection(settings.postgresSettings)
        defer { connection.close() }
        return try connection.estimatedRows(graph.graph.statements[index])
    }

    /// The ids that a kind's warm-sql lists, `top` of them at most, on a connection of its own.
    package func warmIDs(_ kind: KindIndex, top: Int? = nil, pageRows: Int) throws(Fault) -> PostgresCursor {
        let graph = graph.graph
        guard let index = graph[kind].warm else {
            throw Fault(.postgres, .protocolViolation, "kind \(graph[kind].name) has no warm-sql")
        }
        let statement = graph.statements[index]
        return PostgresCursor(
            settings.postgresSettings, sql: Self.warmSQL(statement, top: top), columns: statement.columns,
            pageRows: pageRows, name: statement.name)
    }

    /// A limit outside keeps the order of the list inside, and lets PostgreSQL stop early.
    package static func warmSQL(_ statement: Statement, top: Int?) -> String {
        top.map { "select * from (\(statement.sql)\n) as ids limit \($0)" } ?? statement.sql
    }

    package func deadLetterTopic(of topic: String) -> String {
        settings.deadLetterTopic.name(topic: topic, group: settings.kafka.group)
    }

    /// The graph's topics, and the retry topics of this group.
    package var consumedTopics: [String] {
        let topics = graph.graph.topics.map(\.name)
        return topics + (settings.worker.retry.rounds > 0 ? topics.map(retryTopic) : [])
    }

    package func retryTopic(of topic: String) -> String {
        settings.retryTopic.name(topic: topic, group: settings.kafka.group)
    }

    /// Lines go to the error output, so that the result stays clean.
    package func log(_ console: Console) -> Log {
        let sink: StreamLogSink
        switch settings.logFormat {
        case .auto: sink = StreamLogSink(descriptor: 2, colour: console.usesColour)
        case .text: sink = StreamLogSink(descriptor: 2, form: .plain(colour: console.usesColour))
        case .json: sink = StreamLogSink(descriptor: 2, form: .json)
        }
        let level = LogLevel(settings.logLevel.rawValue) ?? .info
        return Log(level: level, sink: sink, clock: { MachineClock.wall() })
    }
}
