import FreshetCore
import PostgresLink

/// One change of the league's rows and the event that announces it.
enum LeagueChange: Sendable {
    case result(match: Int64, home: Int, away: Int)
    case kickoff(match: Int64)
    case move(match: Int64, round: Int64)
    case remove(match: Int64)
    case bringBack(match: Int64)
    case rename(team: Int64, number: Int)
    case adjust(team: Int64, points: Int)
    case pardon(team: Int64)
    case status(round: Int64, String)
    case renamePhase(Int64, number: Int)

    /// Removed matches wait here, so that they come back as they were, with a higher version.
    static let preparation = "create table chaos_removed (like match)"

    static func any(_ league: ChaosLeague, _ random: inout SplitMix) -> LeagueChange {
        let match = league.match(&random)
        let team = league.team(&random)
        let round = league.round(&random)
        switch Int.random(in: 0..<100, using: &random) {
        case ..<40:
            return .result(
                match: match, home: Int.random(in: 0...5, using: &random), away: Int.random(in: 0...5, using: &random))
        case ..<50: return .kickoff(match: match)
        case ..<53: return .move(match: match, round: round)
        case ..<57: return .remove(match: match)
        case ..<65: return .bringBack(match: match)
        case ..<83: return .rename(team: team, number: Int.random(in: 0...999, using: &random))
        case ..<86: return .adjust(team: team, points: -Int.random(in: 1...9, using: &random))
        case ..<89: return .pardon(team: team)
        case ..<97:
            return .status(
                round: round, ["scheduled", "running", "finished"].randomElement(using: &random) ?? "running")
        default: return .renamePhase(league.phase(&random), number: Int.random(in: 0...999, using: &random))
        }
    }

    /// Answers the row's new version; nil where nothing changed or the statement doesn't tell.
    func perform(_ connection: PostgresConnection) throws(Fault) -> Int64? {
        let rows = try connection.query(sql, parameters)
        return rows.first?.first?.flatMap { Int64($0) }
    }

    var eventType: String {
        switch self {
        case .result, .kickoff, .move, .bringBack: "match.updated"
        case .remove: "match.deleted"
        case .rename, .adjust, .pardon: "team.updated"
        case .status: "event.updated"
        case .renamePhase: "phase.updated"
        }
    }

    var entity: Int64 {
        switch self {
        case .result(let id, _, _), .kickoff(let id), .move(let id, _), .remove(let id), .bringBack(let id): id
        case .rename(let id, _), .adjust(let id, _), .pardon(let id): id
        case .status(let id, _), .renamePhase(let id, _): id
        }
    }

    private var sql: String {
        switch self {
        case .result:
            """
            update match set status = 'finished', home_goals = $2::text::int, away_goals = $3::text::int
            where id = $1::text::bigint returning version
            """
        case .kickoff:
            "update match set kickoff = kickoff + interval '1 minute' where id = $1::text::bigint returning version"
        case .move: "update match set event_id = $2::text::bigint where id = $1::text::bigint returning version"
        case .remove:
            """
            with gone as (delete from match where id = $1::text::bigint returning *)
            insert into chaos_removed select * from gone returning version + 1
            """
        case .bringBack:
            """
            with back as (delete from chaos_removed where id = $1::text::bigint returning *)
            insert into match (
                id, season_id, event_id, home_id, away_id, kickoff, status, home_goals, away_goals, half_time_home,
                half_time_away, version)
            select
                id, season_id, event_id, home_id, away_id, kickoff, status, home_goals, away_goals, half_time_home,
                half_time_away, version + 2
            from back returning version
            """
        case .rename:
            """
            update team set name = split_part(name, ' *', 1) || ' *' || $2 where id = $1::text::bigint
            returning version
            """
        case .adjust:
            """
            insert into adjustment (team_id, decided, points, reason)
            values ($1::text::bigint, '2024-01-01', $2::text::int, 'chaos') on conflict do nothing returning null
            """
        case .pardon: "delete from adjustment where team_id = $1::text::bigint returning null"
        case .status: "update event set status = $2 where id = $1::text::bigint returning version"
        case .renamePhase:
            """
            update phase set name = split_part(name, ' *', 1) || ' *' || $2 where id = $1::text::bigint
            returning version
            """
        }
    }

    private var parameters: [String?] {
        switch self {
        case .result(let id, let home, let away): ["\(id)", "\(home)", "\(away)"]
        case .kickoff(let id), .remove(let id), .bringBack(let id), .pardon(let id): ["\(id)"]
        case .move(let id, let round): ["\(id)", "\(round)"]
        case .rename(let id, let number), .renamePhase(let id, let number): ["\(id)", "\(number)"]
        case .adjust(let id, let points): ["\(id)", "\(points)"]
        case .status(let id, let status): ["\(id)", status]
        }
    }
}
