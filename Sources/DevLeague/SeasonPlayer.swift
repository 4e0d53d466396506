import FreshetCore
import KafkaLink
import PostgresLink

/// Makes the season happen: each scene is a committed update, and after it the event that announces it.
final class SeasonPlayer {
    static let topic = "league.changes"
    private static let flushTimeout = 30_000

    private let connection: PostgresConnection
    private let producer: KafkaProducer
    /// Events that the brokers have acknowledged.
    private(set) var produced: Int64 = 0

    init(_ connection: PostgresConnection, _ producer: KafkaProducer) {
        self.connection = connection
        self.producer = producer
    }

    /// Announces everything that the fixtures' load has made: rounds, phases, teams, matches.
    func announceFixtures() throws(Fault) {
        let season = LeagueSeason.id
        for kind in ["event", "phase", "team", "match"] {
            let rows = try connection.query("select id, version from \(kind) where season_id = \(season) order by id")
            for row in rows {
                guard let id = Self.integer(row, 0), let version = Self.integer(row, 1) else { continue }
                try send(LeagueEvent(type: "\(kind).updated", entity: id, season: season, version: version))
            }
        }
        try flush()
    }

    /// Returns the version that the scene gave its row. Played again after a fault it leaves the same rows.
    func play(_ scene: LeagueScene) throws(Fault) -> Int64 {
        let rows = try connection.query(scene.sql, scene.parameters)
        guard let row = rows.first, let version = Self.integer(row, 0) else {
            throw Fault(.postgres, .protocolViolation, "\(scene.entity) is gone: somebody deleted it")
        }
        try send(
            LeagueEvent(type: scene.eventType, entity: scene.id, season: LeagueSeason.id, version: version))
        try flush()
        return version
    }

    private func send(_ event: LeagueEvent) throws(Fault) {
        try producer.produce(topic: Self.topic, key: event.key, value: event.value, timestamp: event.occurredAt)
        produced += 1
    }

    private func flush() throws(Fault) { try producer.flush(within: Self.flushTimeout) }

    private static func integer(_ row: [String?], _ column: Int) -> Int64? { row[column].flatMap { Int64($0) } }
}
