import CommandKit
import Telemetry

/// An event of the league as it stands on the topic (see `schemas/league.yaml`).
struct LeagueEvent: Sendable {
    var type: String
    var entity: Int64
    /// So that a deleted match still leads to its standings.
    var season: Int64
    var version: Int64
    /// Milliseconds since 1970.
    var occurredAt: Int64

    init(type: String, entity: Int64, season: Int64, version: Int64, occurredAt: Int64 = MachineClock.wall()) {
        self.type = type
        self.entity = entity
        self.season = season
        self.version = version
        self.occurredAt = occurredAt
    }

    /// Events of one entity stay in order: they share a partition.
    var key: [UInt8] { Array("\(type.prefix { $0 != "." }):\(entity)".utf8) }

    var value: [UInt8] {
        let json = JSON.object([
            ("type", .string(type)), ("entity", .int(entity)), ("season", .int(season)),
            ("version", .int(version)), ("occurredAt", .string(TimeText.utc(occurredAt))),
        ])
        return Array(json.render().utf8)
    }
}
