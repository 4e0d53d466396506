import CommandKit
import PostgresLink

/// The sample season in a database: fixtures loaded, results kept back for the player.
package struct LeagueSeason: Sendable {
    package static let id: Int64 = 1

    package var name: String
    package var matches: [LeagueMatch]
    package var adjustments: [LeagueAdjustment]

    /// Makes the tables, loads the fixtures, and reads what is going to happen.
    package static func load(_ files: SchemaFiles, into connection: PostgresConnection) throws -> LeagueSeason {
        try connection.execute(files.text(files.tables))
        try connection.execute(files.text(files.loader))
        let document = try files.text(files.season)
        let list = try files.text(files.adjustments)
        _ = try connection.query("select league_load(\(id), $1::text::jsonb, false)", [document])
        try connection.execute("analyze")
        let name = try connection.query("select name from season where id = \(id)").first?.first ?? nil
        return LeagueSeason(
            name: name ?? "", matches: try matches(document, connection), adjustments: try rulings(list, connection))
    }

    private static func matches(_ document: String, _ connection: PostgresConnection) throws -> [LeagueMatch] {
        let rows = try connection.query(
            """
            select
                r.id, r.event_id, e.name, extract(epoch from r.kickoff)::bigint / 60, h.name, a.name,
                r.home_goals, r.away_goals, r.half_time_home, r.half_time_away
            from league_results(\(id), $1::text::jsonb) r
            join match m on m.id = r.id
            join event e on e.id = r.event_id
            join team h on h.id = m.home_id
            join team a on a.id = m.away_id
            order by r.id
            """, [document])
        return try rows.map { row in
            guard let number = integer(row, 0), let round = integer(row, 1), let kickoff = integer(row, 3),
                let fullTime = score(row, 6)
            else { throw CommandFailure(.fatal, "The season's results can't be understood: \(row)") }
            return LeagueMatch(
                id: number, round: round, roundName: text(row, 2), kickoff: kickoff, home: text(row, 4),
                away: text(row, 5), halfTime: score(row, 8), fullTime: fullTime)
        }
    }

    private static func rulings(_ list: String, _ connection: PostgresConnection) throws -> [LeagueAdjustment] {
        let rows = try connection.query(
            """
            select
                t.id, t.name, a.decided, extract(epoch from a.decided + time '12:00')::bigint / 60, a.points, a.reason
            from jsonb_to_recordset($1::text::jsonb)
                as a (season text, team text, decided date, points integer, reason text)
            join season s on s.id = \(id) and s.name = a.season
            join team t on t.season_id = s.id and t.name = a.team
            order by a.decided, t.id
            """, [list])
        return try rows.map { row in
            guard let team = integer(row, 0), let minute = integer(row, 3), let points = integer(row, 4) else {
                throw CommandFailure(.fatal, "The list of adjustments can't be understood: \(row)")
            }
            return LeagueAdjustment(
                team: team, teamName: text(row, 1), day: text(row, 2), minute: minute, points: Int(points),
                reason: text(row, 5))
        }
    }

    private static func text(_ row: [String?], _ column: Int) -> String { row[column] ?? "" }

    private static func integer(_ row: [String?], _ column: Int) -> Int64? { row[column].flatMap { Int64($0) } }

    private static func score(_ row: [String?], _ column: Int) -> LeagueMatch.Score? {
        guard let home = integer(row, column), let away = integer(row, column + 1) else { return nil }
        return LeagueMatch.Score(home: Int(home), away: Int(away))
    }
}
