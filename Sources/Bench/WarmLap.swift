import CommandKit
import DevLeague
import Foundation
import FreshetConfig
import FreshetCore
import Glibc
import LocalServers
import PostgresLink
import RedisLink

/// `freshet warm` as a child process, beside the limits of what it is made of: the read models streamed out of
/// PostgreSQL, and fenced writes into Redis.
struct WarmLap {
    struct Result: Sendable {
        var rows: Int
        /// Rows a second.
        var stream: Double
        var fenced: Double
        var warm: Double
        /// MiB that the process had in memory at its worst.
        var memory: Double

        var ratio: Double { warm / min(stream, fenced) }
    }

    let servers: BenchServers
    let rows: Int
    let seconds: Double
    let name: String
    private static let documentBytes = 200
    private static let pageRows = 1_000
    /// Milliseconds for one run.
    private static let patience: UInt64 = 300_000
    private static let looks: UInt32 = 2_000

    private var schema: String { "warm\(rows)" }

    static func prepare(_ rows: Int, _ servers: BenchServers) throws {
        let text = "repeat('x', \(max(1, documentBytes - 30)))"
        try servers.postgres.psql(
            """
            create schema warm\(rows);
            create table warm\(rows).item (id bigint primary key, doc jsonb);
            insert into warm\(rows).item select i, jsonb_build_object('id', i, 'text', \(text))
            from generate_series(1, \(rows)) i;
            """)
        try servers.postgres.psql("vacuum analyze warm\(rows).item")
    }

    private var graphText: String {
        """
        freshet: 1
        topics:
          warm: {format: json, events: after-commit, types: auto, fields: {type: type, id: entity}}
        kinds:
          item:
            id: bigint
            warm-sql: select id from \(schema).item
            keys:
              - {template: "item:{id}", sql: "select id, doc from \(schema).item where id = any($1)", ttl: 24h}

        """
    }

    func run() async throws -> Result {
        let stream = try stream()
        let graph = try GraphFile.load(path: servers.write(graphText, "graph-warm-\(name).yaml")).graph
        let redis = RedisLimits(servers: servers, namespace: graph.namespace, threads: 1, keys: rows)
        try flush()
        let fenced = try redis.fencedSet(bytes: Self.documentBytes, seconds: seconds)
        let (warm, memory) = try await warm(graph)
        return Result(rows: rows, stream: stream, fenced: fenced.rate, warm: warm, memory: memory)
    }

    private func flush() throws {
        let connection = try RedisConnection(RedisSettings(port: servers.redis.port, commandTimeout: 120_000))
        var commands = CommandBuffer()
        commands.command(["FLUSHALL"])
        _ = try connection.exchange(commands)
    }

    private func stream() throws -> Double {
        let connection = PostgresConnection(PostgresSettings(url: servers.postgres.url()))
        var count = 0
        let watch = Stopwatch(servers)
        try connection.stream(
            "select id, doc from \(schema).item",
            columns: [.init(name: "id", type: .id(.bigint)), .init(name: "doc", type: .document)],
            pageRows: Self.pageRows
        ) { count += $0.count }
        connection.close()
        return watch.lap(count).rate
    }

    private func warm(_ graph: Graph) async throws -> (rate: Double, memory: Double) {
        try flush()
        try await establish(graph)
        let config = try servers.write(configuration, "freshet-warm-\(name).yaml")
        let log = "\(servers.folder.path)/warm-\(name).log"
        let began = MachineClock.now()
        let process = try ServerProcess(
            executable: try OwnExecutable.path(),
            arguments: ["warm", "--config", config, "--execute", "--yes", "--output", "json"], log: log,
            pidFile: "\(log).pid")
        var memory = 0.0
        while process.isRunning {
            memory = max(memory, ProcessTimes.peakMemory(process.pid))
            guard MachineClock.now() - began < Self.patience * 1_000_000 else {
                throw CommandFailure(.fatal, "warm: it doesn't end. It said: \(process.lastWords)")
            }
            usleep(Self.looks)
        }
        let elapsed = Double(MachineClock.now() - began) / 1e9
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        guard process.exitStatus == 0, text.contains("\"written\" : \(rows)") || text.contains("\"written\": \(rows)")
        else { throw CommandFailure(.fatal, "warm: it has not written \(rows) keys: \(text.suffix(2_000))") }
        return (Double(rows) / elapsed, memory)
    }

    /// The control record as a first worker would make it.
    private func establish(_ graph: Graph) async throws {
        let store = RedisCacheStore(
            settings: RedisSettings(port: servers.redis.port), namespace: graph.namespace, group: "warm",
            pendingLimit: 1_000)
        let models = PostgresReadModels(PostgresSettings(url: servers.postgres.url()), statements: graph.statements)
        let history = try await models.position().history
        models.disconnect()
        let view = try await store.establish(incarnation: "bench", owner: "bench", history: history)
        let prints = GraphPrints(graph)
        var revision = Revision(process: view.process, incarnation: "bench")
        revision.takeMark = Revision.TakeMark(
            name: Revision.graph, holder: prints.name, leaseMilliseconds: Int64(Self.patience), body: [], seizes: true)
        revision.fingerprints = prints.texts
        guard case .done = try await store.revise(revision) else {
            throw CommandFailure(.fatal, "the benchmark can't make a control record")
        }
    }

    private var configuration: String {
        """
        deployment: bench
        graph: "graph-warm-\(name).yaml"
        kafka: {bootstrap: "\(servers.broker.bootstrap)", group: warm}
        redis: {port: \(servers.redis.port)}
        postgres:
          url: "\(servers.postgres.url())"
          limits: {warm: {queries: 0, rows: 0}}
        log: {level: info, format: json}

        """
    }
}
