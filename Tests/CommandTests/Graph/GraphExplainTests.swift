import FreshetConfig
import FreshetCore
import FreshetWorker
import PostgresLink
import Testing

@testable import freshet

@Suite struct GraphExplainTests {
    private static let tables = """
        create table team (id bigint, doc jsonb, version bigint);
        create table match (team_id bigint, day text, doc jsonb);
        insert into match values (7, 'a:b', '{}'), (7, 'c', '{}'), (8, 'x', '{}');
        """

    private func explain(_ name: String, depth: Int? = nil, limit: Int = 100) async throws -> ExplanationView {
        let url = try GraphBench.database(Self.tables)
        let graph = try GraphBench.load(GraphBench.graph).graph
        var pool = TextPool()
        let entity = try EntityName.parse(name, graph, pool: &pool)
        let models = PostgresReadModels(PostgresSettings(url: url), statements: graph.statements)
        return ExplanationView(
            try await Explainer.explain(entity, pool: pool, graph: graph, database: models, depth: depth, limit: limit))
    }

    @Test func everyKeyWithThePathThatLeadsToIt() async throws {
        #expect(
            try await explain("team:7").text == """
                KEY                  WHAT HAPPENS     PATH
                v1:team:7            refresh          team:7
                v1:match:7:a%3ab     refresh          team:7 → match:7:a%3ab
                v1:matchday:7:a%3ab  invalidate       team:7 → match:7:a%3ab
                v1:match:7:c         refresh          team:7 → match:7:c
                v1:matchday:7:c      invalidate       team:7 → match:7:c
                v1:stats:7:*         scan and unlink  team:7 → team->pattern

                5 keys of 3 entities
                """)
    }

    @Test func depthEndsTheWalk() async throws {
        #expect(try await explain("team:7", depth: 0).explanation.entities.map(\.name) == ["team:7"])
        #expect(try await explain("team:7", depth: 1).explanation.entities.count == 3)
    }

    @Test func theLimitIsTold() async throws {
        let view = try await explain("team:7", limit: 2)
        #expect(view.explanation.entities.count == 2)
        #expect(view.text.hasSuffix("There are more: raise --limit to see them."))
    }

    @Test func forPrograms() async throws {
        let json = try await explain("match:8:x").json.render()
        #expect(
            json
                == "{\"entities\":[{\"entity\":\"match:8:x\",\"kind\":\"match\",\"level\":0,\"edge\":null,"
                + "\"stops\":false,"
                + "\"path\":[\"match:8:x\"],\"keys\":[{\"key\":\"v1:match:8:x\",\"treatment\":\"refresh\","
                + "\"isTooLong\":false},{\"key\":\"v1:matchday:8:x\",\"treatment\":\"invalidate\","
                + "\"isTooLong\":false}]}],"
                + "\"sweeps\":[],\"unresolved\":[],\"isCut\":false}")
    }

    @Test(arguments: [
        ("taem:7", "freshet: there is no kind `taem` in the graph; did you mean `team`?\n"),
        ("team:x", "freshet: `id` of kind team: \"x\" is no canonical 64-bit integer\n"),
        ("team", "freshet: `team` has no id; write team:ID\n"),
    ])
    func whatIsNoEntity(_ name: String, _ message: String) async {
        let result = await GraphBench.run(["graph", "explain", name, "--graph", GraphBench.league, "--postgres", "x"])
        #expect(result.code == .usage)
        #expect(result.err == message)
    }
}
