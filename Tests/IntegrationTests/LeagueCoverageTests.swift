import Foundation
import FreshetConfig
import FreshetCore
import PostgresLink
import Testing

/// The graph that ships is right: whatever changes in a row, every document that differs afterwards is in the cascade.
@Suite struct LeagueCoverageTests {
    private struct Step {
        var kind: String
        var id: Int64
        var sql: String
        /// Documents that must differ afterwards, so that no step tests nothing.
        var changed: Int
    }

    private static let steps: [Step] = [
        .init(kind: "event", id: 5, sql: "update event set name = 'Round five' where id = 5", changed: 13),
        .init(kind: "event", id: 5, sql: "update event set status = 'running' where id = 5", changed: 23),
        .init(kind: "event", id: 99, sql: "insert into event values (99, 1, 99, 'Extra')", changed: 21),
        .init(kind: "phase", id: 1, sql: "update phase set name = 'All' where id = 1", changed: 382),
        .init(kind: "phase", id: 3, sql: "update phase set name = 'Autumn' where id = 3", changed: 41),
        .init(kind: "phase", id: 99, sql: "insert into phase values (99, 1, 'month', 'Odd', 2, 5)", changed: 41),
        .init(kind: "team", id: 9, sql: "update team set name = 'Toffees' where id = 9", changed: 40),
        .init(kind: "team", id: 99, sql: "insert into team values (99, 1, 'Newcomers')", changed: 2),
        .init(
            kind: "team", id: 9,
            sql: "insert into adjustment (team_id, decided, points, reason) values (9, '2024-05-01', -3, 'x')",
            changed: 2),
        .init(kind: "team", id: 9, sql: "delete from adjustment where team_id = 9 and points = -3", changed: 2),
        .init(kind: "match", id: 7, sql: "update match set home_goals = 9 where id = 7", changed: 2),
        .init(kind: "match", id: 7, sql: "update match set event_id = 30 where id = 7", changed: 1),
        .init(
            kind: "match", id: 7,
            sql: "update match set home_id = away_id, away_id = home_id where id = 7", changed: 2),
        .init(kind: "match", id: 7, sql: "delete from match where id = 7", changed: 2),
    ]

    @Test func everyChangedDocumentIsInTheCascade() async throws {
        let database = try LeagueDatabase()
        try database.load(season: 1, from: LeagueSeasonTests.sample, played: true)
        let graph = try GraphFile.load(path: "\(LeagueDatabase.folder.path).yaml").graph
        let models = PostgresReadModels(
            PostgresSettings(url: database.server.url()), statements: graph.statements)
        let connection = PostgresConnection(PostgresSettings(url: database.server.url()), access: .readWrite)
        for step in Self.steps {
            let before = try documents(connection, graph)
            // A deleted match leads nowhere any more; its edge's memory and its event say where it led.
            let isDelete = step.sql.hasPrefix("delete from match")
            var cascade = isDelete ? try await self.cascade(step, graph, models) : []
            _ = try connection.query(step.sql)
            cascade.formUnion(try await self.cascade(step, graph, models))
            let after = try documents(connection, graph)
            let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
            #expect(changed.count == step.changed, "\(step.sql)")
            #expect(changed.subtracting(cascade) == [], "\(step.sql)")
        }
    }

    /// `match:7` → its document.
    private func documents(_ connection: PostgresConnection, _ graph: Graph) throws -> [String: String] {
        var result: [String: String] = [:]
        for kind in graph.kinds {
            for row in try connection.query("select id, doc from rm_\(kind.name)") {
                result["\(kind.name):\(row[0] ?? "")"] = row[1] ?? ""
            }
        }
        return result
    }

    private func cascade(_ step: Step, _ graph: Graph, _ models: PostgresReadModels) async throws -> Set<String> {
        let kind = try #require(graph.kind(named: step.kind))
        var plan = Plan()
        var walk = CascadeWalk()
        plan.add(Change(entity: EntityRef(kind: kind, int: step.id), operation: .upsert))
        while let queries = walk.nextQueries(&plan, graph) {
            let answer = try await models.read(queries)
            walk.take(try answer.results.map { [try $0.get()] }, &plan, graph)
        }
        return Set(plan.nodes.map { EntityName.write($0.ref, graph, pool: plan.buffer.pool) })
    }
}
