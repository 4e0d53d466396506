import CommandKit
import Foundation
import FreshetCore
import KafkaLink
import LocalServers
import PostgresLink
import RedisLink

/// Redis, PostgreSQL and a broker for one run, in a folder that goes away with it.
final class BenchServers {
    /// Events beside which nothing else is measured: each load of the latency has its own.
    static let live = "bench-live"

    let folder: TemporaryFolder
    let redis: RedisServer
    let postgres: PostgresServer
    let broker: BenchBroker
    private var datasets: Set<String> = []
    private var backlogs: [String: Int] = [:]

    init(_ plan: BenchPlan, kafka: String, kit: String?) throws {
        folder = try TemporaryFolder()
        redis = try RedisServer(folder: try folder.folder("redis"))
        postgres = try PostgresServer(
            folder: try folder.folder("postgres", owner: PostgresServer.user),
            settings: ["shared_buffers": "256MB", "max_wal_size": "4GB"])
        var topics: [String: Int] = [Self.live: 4]
        for bench in plan.cases { topics[bench.topic] = bench.partitions }
        broker = try BenchBroker(
            kafka, kit: kit, folder: folder.path,
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

    /// Fills a case's topic when it is first needed; how many events it holds.
    func fill(_ bench: BenchCase, _ plan: BenchPlan) throws -> Int {
        if let count = backlogs[bench.topic] { return count }
        let entities = bench.isUnique ? plan.entities(of: bench) : plan.busyEntities
        let count = bench.isUnique ? min(plan.events, entities) : plan.events
        var settings = broker.settings()
        settings.overrides["linger.ms"] = "20"
        let producer = try KafkaProducer(settings)
        for event in 0..<count {
            let entity = 1 + event % entities
            try producer.produce(
                topic: bench.topic, partition: Int32(entity % bench.partitions), key: nil, value: Self.event(entity))
        }
        try producer.flush(within: 120_000)
        backlogs[bench.topic] = count
        return count
    }

    static func event(_ entity: Int) -> [UInt8] {
        Array(#"{"type":"item.updated","entity":\#(entity),"by":"bench","at":"2026-01-01T00:00:00.000Z"}"#.utf8)
    }

    /// Redis as it is before a lap: no control record, and a value under each key that the case can touch, its document
    /// or x's, so that any change shows.
    func fillCache(_ bench: BenchCase, _ plan: BenchPlan, withDocuments: Bool = true) throws {
        let connection = try RedisConnection(RedisSettings(port: redis.port, commandTimeout: 120_000))
        let entities = plan.entities(of: bench)
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
        for (prefix, count) in [("v1:item:", entities), ("v1:view:", entities * bench.fanOut)] {
            commands.command([
                "EVAL", script, "0", prefix, "\(count)", "\(BenchTables.textBytes(bench))", withDocuments ? "1" : "0",
            ])
        }
        for case .error(let text) in try connection.exchange(commands) {
            throw CommandFailure(.fatal, "Redis can't be filled: \(text)")
        }
    }

    /// CPU seconds that Redis and PostgreSQL have used.
    var times: (redis: Double, postgres: Double) {
        (redis.pid.map(ProcessTimes.single) ?? 0, postgres.pid.map(ProcessTimes.family) ?? 0)
    }

    func write(_ text: String, _ name: String) throws -> String {
        let path = "\(folder.path)/\(name)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
