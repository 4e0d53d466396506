import Foundation
import FreshetCore
import PostgresLink
import Testing

@testable import freshet

@Suite struct GraphCheckTests {
    private func findings(
        _ graph: String = GraphBench.graph, tables: String, user: String? = nil
    ) throws -> [String] {
        var url = try GraphBench.database(tables)
        if let user { url = url.replacing("postgres@", with: "\(user)@") }
        let loaded = try GraphBench.load(graph)
        return try GraphCheck(loaded, PostgresConnection(PostgresSettings(url: url))).run().map {
            $0.line(file: "g.yaml")
        }
    }

    private static let tables = GraphBench.tables.replacing("create role stranger login;\n", with: "")

    @Test func aBigTableWithoutAnIndexIsAWarningThatNamesIt() throws {
        #expect(
            try findings(tables: Self.tables) == [
                "g.yaml:15: warning: kind match, key match:{team_id}:{day}: reads all of match (about 20000 rows); "
                    + "missing "
                    + "index: `create index on match (team_id, day)`",
                "g.yaml:19: warning: edge team → match: reads all of match (about 20000 rows); missing index: "
                    + "`create index on match (team_id)`",
            ])
    }

    @Test func withTheIndexThereIsNothingToTell() throws {
        #expect(try findings(tables: Self.tables + "create index on match (team_id, day); analyze match;") == [])
    }

    @Test func smallTablesMayBeScanned() throws {
        #expect(try findings(tables: Self.tables.replacing("20000", with: "2000")) == [])
    }

    @Test func columnsAreComparedWithTheGraph() throws {
        let change =
            "create index on match (team_id, day); alter table team alter version type numeric; "
            + "alter table match rename doc to document;"
        let found = try findings(tables: Self.tables + change)
        #expect(found.count == 2)
        #expect(
            found.first
                == "g.yaml:9: error: kind team, key team:{id}: column version is numeric and must be bigint, integer "
                + "or smallint; cast it to bigint")
        #expect(found.last?.contains("g.yaml:15: error: kind match, key match:{team_id}:{day}: ") == true)
        #expect(found.last?.contains("column \"doc\" does not exist") == true)
        #expect(found.last?.hasSuffix("; check the name, and `postgres.search-path`") == true)
    }

    @Test func aQuestionIsAFinding() throws {
        let graph = GraphBench.graph.replacing(
            "    version: true\n", with: "    version: true\n    gate: {deadline: 30s}\n")
        let found = try findings(graph, tables: Self.tables + "create index on match (team_id, day); analyze match;")
        #expect(
            found == [
                "g.yaml:20: question: edge: is the read model of match written in the transaction that changes team "
                    + "(view, "
                    + "join, table), or projected by itself?; write `read-model: same-transaction` or `read-model: "
                    + "projected`"
            ])
    }

    @Test func rights() throws {
        let found = try findings(tables: GraphBench.tables + "create index on match (team_id, day);", user: "stranger")
        #expect(found.count == 3)
        #expect(found[0].contains("g.yaml:9: error: kind team, key team:{id}: "))
        #expect(found[0].contains("permission denied for table team"))
        #expect(found[0].hasSuffix("; grant select on it to this role"))
    }

    @Test func theLeagueIsFine() async throws {
        let schema = try String(
            contentsOfFile: GraphBench.league.replacing("league.yaml", with: "league/schema.sql"), encoding: .utf8)
        let url = try GraphBench.database(schema)
        let result = await GraphBench.run(["graph", "check", "--graph", GraphBench.league, "--postgres", url])
        #expect(result.out.hasSuffix(" statements: nothing to complain about\n"), "\(result)")
        #expect(result.code == .fine)
    }

    @Test func exitCodes() async throws {
        let empty = try GraphBench.database("select 1")
        let broken = await GraphBench.run([
            "graph", "check", "--graph", GraphBench.league, "--postgres", empty, "-o", "json",
        ])
        #expect(broken.code == .found)
        #expect(broken.out.contains("\"severity\": \"error\""))
        let away = await GraphBench.run(
            ["graph", "check", "--graph", GraphBench.league, "--postgres", "postgresql://127.0.0.1:1/none"])
        #expect(away.code == .unreachable)
        let missing = await GraphBench.run(["graph", "check", "--graph", "/nowhere.yaml", "--postgres", empty])
        #expect(missing.code == .usage)
        #expect(missing.err.contains("can't read the graph"))
    }
}
