import Foundation
import TestServers
import Testing

/// The league's SQL gives the tables that were published.
@Suite struct LeagueSeasonTests {
    static let sample = LeagueDatabase.folder.appending(path: "2023-24.en.1.json")
    /// openfootball's other files.
    static let seasons = TestEnvironment.variable("FRESHET_TEST_SEASONS")
    static let requiresAll = TestEnvironment.requiresAll

    @Test func premierLeague2023EndsAsPublished() throws {
        #expect(try finalTable(Self.sample) == PublishedTables.premierLeague2023)
    }

    @Test(.enabled(if: seasons != nil || requiresAll, "FRESHET_TEST_SEASONS names no folder of openfootball's seasons"))
    func premierLeague2022EndsAsPublished() throws {
        #expect(try finalTable(seasonFile("2022-23.en.1.json")) == PublishedTables.premierLeague2022)
    }

    @Test(.enabled(if: seasons != nil || requiresAll, "FRESHET_TEST_SEASONS names no folder of openfootball's seasons"))
    func bundesliga2023EndsAsPublished() throws {
        #expect(try finalTable(seasonFile("2023-24.de.1.json")) == PublishedTables.bundesliga2023)
    }

    @Test func aSeasonPlayedByUpdatesEndsLikeTheLoadedOne() throws {
        let database = try LeagueDatabase()
        try database.load(season: 1, from: Self.sample, played: false)
        #expect(try database.rows("select sum(played), sum(points) from league_table") == ["0 0"])

        try database.run(
            script: """
                update match set status = 'finished', home_goals = r.home_goals, away_goals = r.away_goals
                from league_results(1, \(database.quoted(contentsOf: Self.sample))) r
                where match.id = r.id;
                select league_adjust(1, \(database.quoted(contentsOf: LeagueDatabase.adjustments)), '2024-05-19');
                """)
        let columns = "position, name, played, won, drawn, lost, gf, ga, points"
        #expect(
            try database.rows("select \(columns) from league_table order by position")
                == PublishedTables.premierLeague2023)
    }

    @Test func theDocumentOfTheStandingsIsCompactAndInOrder() throws {
        let database = try LeagueDatabase()
        try database.load(season: 1, from: Self.sample, played: true)
        let document = try database.rows("select doc from rm_standings where id = 1").joined()
        let start = #"""
            {"season":1,"name":"English Premier League 2023/24","phase":"Season","table":[{"position":1,"team":13,\#
            "name":"Manchester City FC","played":38,"won":28,"drawn":7,"lost":3,"gf":96,"ga":34,"gd":62,"points":91},\#
            {"position":2,
            """#
        #expect(document.hasPrefix(start))
    }

    @Test func everyUpdateIsANewVersionAndAnAdjustmentIsOneOfItsTeam() throws {
        let database = try LeagueDatabase()
        try database.load(season: 1, from: Self.sample, played: false)
        try database.run(
            script: """
                update match set status = 'live', home_goals = 0, away_goals = 0 where id = 1;
                update match set status = 'live', home_goals = 1, away_goals = 0 where id = 1;
                insert into adjustment (team_id, decided, points, reason) values (9, '2023-11-17', -10, 'rules');
                delete from adjustment where team_id = 9;
                """)
        #expect(try database.rows("select version from rm_match where id = 1") == ["3"])
        #expect(try database.rows("select version from rm_team where id = 9") == ["3"])
    }

    @Test func whatNoEdgeCouldFollowIsRefused() throws {
        let database = try LeagueDatabase()
        try database.load(season: 1, from: Self.sample, played: false)
        let statements = [
            "update event set number = 77 where id = 5",
            "update phase set last_number = 10 where id = 1",
            "update match set season_id = 2 where id = 8",
            "update season set name = 'x'",
            "delete from team where id = 1",
            "delete from event where id = 1",
            "delete from phase where id = 1",
            "truncate match",
        ]
        for sql in statements {
            #expect(throws: LeagueDatabase.Refused.self, "\(sql)") { try database.run(script: sql) }
        }
    }

    private func seasonFile(_ name: String) throws -> URL {
        let folder = try #require(Self.seasons, "CI must set FRESHET_TEST_SEASONS")
        return URL(filePath: folder).appending(path: name)
    }

    private func finalTable(_ file: URL) throws -> [String] {
        let database = try LeagueDatabase()
        try database.load(season: 1, from: file, played: true)
        return try database.rows(
            """
            select r.position, r.name, r.played, r.won, r.drawn, r.lost, r.gf, r.ga, r.points
            from rm_standings s
            cross join jsonb_to_recordset(s.doc::jsonb -> 'table') as r (
                position integer, name text, played integer, won integer, drawn integer, lost integer, gf integer,
                ga integer, points integer
            )
            where s.id = 1
            order by r.position
            """)
    }
}
