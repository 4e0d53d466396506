import FreshetCore
import PostgresLink

/// What happens to the captured league, as SQL and nothing else.
final class CaptureLeague {
    private let connection: PostgresConnection

    init(_ bench: CaptureBench) { connection = bench.connection() }

    /// Results of the next matches without one: every third in a transaction of its own, the others in one.
    func play(_ count: Int) throws {
        let update = """
            update match m set status = 'finished', home_goals = r.home_goals, away_goals = r.away_goals
            from league_results(1, $1::text::jsonb) r
            where m.id = r.id and m.id in (
                select x.id from match x join league_results(1, $1::text::jsonb) y on y.id = x.id
                where x.status = 'scheduled' order by y.kickoff, x.id limit $2::text::int)
            """
        for _ in 0..<count / 3 { _ = try connection.query(update, [CaptureBench.season, "1"]) }
        _ = try connection.query(update, [CaptureBench.season, "\(count - count / 3)"])
    }

    /// Rounds, phases, names, points, a moved match, one that is played again and again, and one that gets another id.
    func changeEverything() throws {
        try connection.execute("update event set status = 'finished' where number <= 5")
        try connection.execute("update event set name = 'Derby round' where number = 7")
        try connection.execute("update phase set name = 'First month' where id = 2")
        try connection.execute("update team set name = 'Renamed' || id where id in (3, 4)")
        _ = try connection.query(
            "select league_adjust(1, $1::text::jsonb, '9999-12-31')", [CaptureBench.text("adjustments.json")])
        try connection.execute("update match set event_id = event_id + 3 where id in (20, 21)")
        for goals in 1...5 {
            try connection.execute("update match set home_goals = \(goals) where id = 1 and status = 'finished'")
        }
        // The league's own rules forbid it, so nobody's trigger may run.
        try asReplica("update match set id = 9007, version = version + 1 where id = 7")
        // A transaction that is taken back is never seen.
        try connection.execute("begin; update team set name = 'Never' where id = 1; rollback")
    }

    func deleteMatch(_ id: Int) throws { try connection.execute("delete from match where id = \(id)") }

    func truncateMatches() throws {
        try connection.execute("create table kept as select * from match")
        try asReplica("truncate match")
    }

    func bringMatchesBack() throws { try connection.execute("insert into match select * from kept") }

    private func asReplica(_ sql: String) throws {
        try connection.execute("begin; set local session_replication_role = replica; \(sql); commit")
    }
}
