import Foundation
import FreshetCore
import KafkaLink
import PostgresLink

/// The sample season in the bench's database, and the events that announce what happens to it.
final class LeaguePlay {
    static let season = 1

    private let connection: PostgresConnection
    private let producer: KafkaProducer
    private let topic: String
    private var random: SplitMix
    private var announced: [(value: String, partition: Int32)] = []
    /// How long ago the records that are produced next were written, as they say; milliseconds.
    var age: Int64 = 0
    /// Where the topic's partitions end.
    private(set) var ends: [Partition: Int64] = [:]
    /// Records produced.
    var produced: Int { Int(ends.values.reduce(0, +)) }

    /// Loads the fixtures; results are played.
    ///
    /// `looksOften`: new partitions are found at once, and not after a minute.
    init(_ bench: WorkerBench, seed: UInt64 = 7, looksOften: Bool = false) throws {
        connection = bench.connection()
        var settings = bench.kafka
        if looksOften { settings.overrides["topic.metadata.refresh.interval.ms"] = "500" }
        producer = try KafkaProducer(settings)
        topic = bench.topic
        random = SplitMix(seed: seed)
        for file in ["schema.sql", "load.sql"] { try connection.execute(Self.text(file)) }
        _ = try connection.query("select league_load(1, $1::text::jsonb, false)", [Self.text("2023-24.en.1.json")])
        try connection.execute("analyze")
    }

    /// After a crash of the server.
    func reconnect() { connection.close() }

    /// The topic was made anew.
    func forgetEnds() { ends = [:] }

    private static func text(_ file: String) throws -> String {
        try String(contentsOf: LeagueDatabase.folder.appending(path: file), encoding: .utf8)
    }

    /// Events about everything there is.
    func announceAll() throws {
        for kind in ["event", "phase", "team", "match"] {
            for row in try connection.query("select id, version from \(kind) order by id") {
                try announce(kind, row)
            }
        }
        try flush()
    }

    /// Plays up to `count` matches that have not been played, in random order; a third of their events come twice, at
    /// once or much later, and all of them to random partitions.
    func playMatches(_ count: Int = .max) throws {
        let rows = try connection.query(
            """
            select r.id, r.home_goals, r.away_goals from league_results(1, $1::text::jsonb) r
            join match m on m.id = r.id where m.status = 'scheduled' order by r.id
            """, [Self.text("2023-24.en.1.json")])
        for row in rows.shuffled(using: &random).prefix(count) {
            let changed = try connection.query(
                """
                update match set status = 'finished', home_goals = $2::text::int, away_goals = $3::text::int
                where id = $1::text::bigint returning id, version
                """, row)
            try announce("match", changed[0])
            if Int.random(in: 0..<3, using: &random) == 0, let old = announced.randomElement(using: &random) {
                try produce(old.value, partition: anyPartition())
            }
        }
        try flush()
    }

    func adjust() throws {
        let list = try Self.text("adjustments.json")
        let teams = try connection.query(
            """
            with changed as (select league_adjust(1, $1::text::jsonb, '2024-05-19') as id)
            select distinct id from changed
            """, [list])
        for row in teams {
            try announce("team", connection.query("select id, version from team where id = $1::text::bigint", row)[0])
        }
        try flush()
    }

    /// Renames a team: its matches and the standings change with it.
    func rename(team: Int, to name: String) throws {
        let changed = try connection.query(
            "update team set name = $2 where id = $1::text::bigint returning id, version", ["\(team)", name])
        try announce("team", changed[0])
        try flush()
    }

    /// A match that never was: its row goes, and an event says so.
    func delete(match id: String) throws {
        _ = try connection.query("delete from match where id = $1::text::bigint", [id])
        try produce(#"{"type":"match.deleted","entity":\#(id),"season":1}"#, partition: anyPartition())
        try flush()
    }

    /// Says once more what a match is, as after a change.
    func announce(match id: String, partition: Int32? = nil) throws {
        let rows = try connection.query("select id, version from match where id = $1::text::bigint", [id])
        try announce("match", rows[0], partition: partition)
    }

    /// Says once more what was said of a match at the start, without asking the database.
    func announce(again match: Int) throws {
        guard let old = announced.first(where: { $0.value.contains(#""match.updated","entity":\#(match),"#) }) else {
            throw NeverHappened(description: "match \(match) was announced")
        }
        try produce(old.value, partition: anyPartition())
    }

    func execute(_ script: String) throws { try connection.execute(script) }

    private func announce(_ kind: String, _ row: [String?], partition: Int32? = nil) throws {
        let (id, version) = (row[0] ?? "", row[1] ?? "")
        try produce(
            #"{"type":"\#(kind).updated","entity":\#(id),"season":1,"version":\#(version)}"#,
            partition: partition ?? anyPartition())
    }

    private func anyPartition() -> Int32 { Int32.random(in: 0..<Int32(WorkerBench.partitions), using: &random) }

    private func produce(_ value: String, partition: Int32) throws {
        let timestamp = age > 0 ? Int64(Date().timeIntervalSince1970 * 1_000) - age : -1
        try producer.produce(
            topic: topic, partition: partition, key: nil, value: Array(value.utf8), timestamp: timestamp)
        announced.append((value, partition))
        ends[Partition(topic: topic, number: partition), default: 0] += 1
    }

    func produce(bytes: [UInt8]?, key: [UInt8]?, headers: [RecordHeader] = [], timestamp: Int64 = -1) throws {
        let partition = anyPartition()
        try producer.produce(
            topic: topic, partition: partition, key: key, value: bytes, headers: headers, timestamp: timestamp)
        ends[Partition(topic: topic, number: partition), default: 0] += 1
    }

    func flush() throws { try producer.flush(within: 60_000) }
}
