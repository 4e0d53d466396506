import CommandKit
import Foundation
import FreshetCore
import KafkaLink
import LocalServers
import PostgresLink
import RedisLink

/// Redis, PostgreSQL and a broker for one run, in a folder that goes away with it.
final class BenchServers {
    /// Topics beside whose events nothing else is measured: each load of the latency has its own.
    static func live(_ number: Int) -> String { "bench-live-\(number)" }

    let folder: TemporaryFolder
    let redis: RedisServer
    let postgres: PostgresServer
    let broker: BenchBroker
    private var datasets: Set<String> = []
    private var backlogs: Set<BenchBacklog> = []

    init(_ plan: BenchPlan, kafka: String, kit: String?) throws {
        folder = try TemporaryFolder()
        redis = try RedisServer(folder: try folder.folder("redis"))
        postgres = try PostgresServer(
            folder: try folder.folder("postgres", owner: PostgresServer.user),
            settings: ["shared_buffers": "256MB", "max_wal_size": "4GB"])
        var topics: [String: Int] = [:]
        for number in 0..<plan.latencyLaps { topics[Self.live(number)] = BenchCase().partitions }
        for bench in plan.cases + plan.parts.map(\.bench) {
            let backlog = plan.backlog(of: bench)
            topics[backlog.topic] = backlog.partitions
        }
        broker = try BenchBroker(
            kafka, kit: kit, folder: folder.path, settings: plan.brokerSettings,
            topics: topics.sorted { $0.key < $1.key }.map { (name: $0.key, partitions: $0.value) })
    }

    func stop() {
        broker.stop()
        redis.stop()
        postgres.stop()
    }

    /// The tables of a case, made when they are first needed.
    func prepare(_ bench: BenchCase, _ plan: BenchPlan) throws {
        guard datasets.insert(bench.dataset).inserted else { return }
        try postgres.psql(BenchTables.sql(bench, entities: plan.entities(of: bench)))
    }

    /// Fills a topic when it is first needed.
    func fill(_ backlog: BenchBacklog) throws {
        guard backlogs.insert(backlog).inserted else { return }
        var settings = broker.settings()
        settings.overrides["linger.ms"] = "20"
        let producer = try KafkaProducer(settings)
        for event in 0..<backlog.events {
            let entity = 1 + event % backlog.entities
            try producer.produce(
                topic: backlog.topic, partition: Int32(entity % backlog.partitions), key: nil,
                value: Self.event(entity))
        }
        try producer.flush(within: 120_000)
    }

    static func event(_ entity: Int) -> [UInt8] {
        Array(#"{"type":"item.updated","entity":\#(entity),"by":"bench","at":"2026-01-01T00:00:00.000Z"}"#.utf8)
    }

    /// Redis as it is before a lap: no control record, and a value under each key that changes of so many entities
    /// touch, its document or x's, so that any change shows.
    func fillCache(_ bench: BenchCase, entities: Int, withDocuments: Bool = true) throws {
        let connection = try RedisConnection(RedisSettings(port: redis.port, commandTimeout: 120_000))
        let script = """
            local text = string.rep('x', tonumber(ARGV[3]))
            local before, after = '', ''
            if ARGV[4] == '1' then before, after = '{"id": ', ', "text": "' .. text .. '"}' end
            for i = 1, tonumber(ARGV[2]) do
              redis.call('SET', ARGV[1] .. i, ARGV[4] == '1' and before .. i .. after or text, 'EX', 86400)
            end
            """
        var commands = CommandBuffer()
        commands.command(["FLUSHALL"])
        for (prefix, count, bytes) in [
            ("v1:item:", entities, BenchTables.textBytes(bench.documentBytes)),
            ("v1:view:", entities * bench.fanOut, BenchTables.textBytes(BenchTables.viewBytes)),
        ] {
            commands.command(["EVAL", script, "0", prefix, "\(count)", "\(bytes)", withDocuments ? "1" : "0"])
        }
        for case .error(let text) in try connection.exchange(commands) {
            throw CommandFailure(.fatal, "Redis can't be filled: \(text)")
        }
    }

    var times: ServerTimes {
        ServerTimes(
            redis: redis.pid.map(ProcessTimes.single) ?? 0, postgres: postgres.pid.map(ProcessTimes.family) ?? 0,
            broker: broker.pid.map(ProcessTimes.single) ?? 0)
    }

    func write(_ text: String, _ name: String) throws -> String {
        let path = "\(folder.path)/\(name)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
