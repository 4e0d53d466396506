/// One thing that happens in the season: a change of one row, and the event that announces it.
struct LeagueScene: Sendable, Hashable {
    enum What: Sendable, Hashable {
        case roundStarts(name: String)
        case kickOff(LeagueMatch)
        case goal(LeagueMatch, LeagueMatch.Score, minute: Int)
        case halfTime(LeagueMatch, LeagueMatch.Score)
        case fullTime(LeagueMatch)
        case adjustment(LeagueAdjustment)
        case roundEnds(name: String)
    }

    /// Minutes since 1970, by the clock of the ground.
    var minute: Int64
    var what: What
    /// `event`, `match`, `team`
    var kind: String
    var id: Int64

    /// Returns the row's new version; its parameters are `parameters`.
    var sql: String {
        switch what {
        case .roundStarts: "update event set status = 'running' where id = $1::bigint returning version"
        case .roundEnds: "update event set status = 'finished' where id = $1::bigint returning version"
        case .kickOff, .goal:
            """
            update match set status = 'live', home_goals = $2::integer, away_goals = $3::integer
            where id = $1::bigint returning version
            """
        case .halfTime:
            """
            update match set half_time_home = $2::integer, half_time_away = $3::integer
            where id = $1::bigint returning version
            """
        case .fullTime:
            """
            update match set status = 'finished', home_goals = $2::integer, away_goals = $3::integer
            where id = $1::bigint returning version
            """
        case .adjustment:
            // The trigger makes the team's new version when the row is there: one more than what this statement sees.
            """
            with added as (
                insert into adjustment (team_id, decided, points, reason)
                values ($1::bigint, $2::date, $3::integer, $4::text)
                on conflict (team_id, decided, points) do update set reason = excluded.reason
                returning team_id
            )
            select version + 1 from team where id = (select team_id from added)
            """
        }
    }

    var parameters: [String] {
        switch what {
        case .roundStarts, .roundEnds: [String(id)]
        case .kickOff: [String(id), "0", "0"]
        case .goal(_, let score, _), .halfTime(_, let score): [String(id), String(score.home), String(score.away)]
        case .fullTime(let match): [String(id), String(match.fullTime.home), String(match.fullTime.away)]
        case .adjustment(let adjustment):
            [String(id), adjustment.day, String(adjustment.points), adjustment.reason]
        }
    }

    /// `match.updated`
    var eventType: String { "\(kind).updated" }
    /// `match:17`
    var entity: String { "\(kind):\(id)" }
}
