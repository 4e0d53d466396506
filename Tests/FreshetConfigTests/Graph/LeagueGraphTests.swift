import Foundation
import FreshetConfig
import FreshetCore
import Testing

/// The graph that ships.
@Suite struct LeagueGraphTests {
    static let schemas = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("schemas")

    @Test func itLoads() throws {
        let loaded = try GraphFile.load(path: Self.schemas.appendingPathComponent("league.yaml").path)
        #expect(loaded.graph.kinds.map(\.name) == ["event", "phase", "team", "match", "standings"])
        #expect(loaded.questions.isEmpty)
        #expect(loaded.statementPlaces.count == loaded.graph.statements.count)
        let shape = GraphShape(kindCount: loaded.graph.kinds.count, edges: loaded.graph.edges)
        #expect(shape.longestPath().count == 2)
    }

    /// The captured league differs in its topics and in the edge by field, in nothing else.
    @Test func theCapturedLeagueIsTheSame() throws {
        let plain = try GraphFile.load(path: Self.schemas.appendingPathComponent("league.yaml").path).graph
        let captured = try GraphFile.load(path: Self.schemas.appendingPathComponent("league-capture.yaml").path).graph
        #expect(captured.kinds.map(\.name) == plain.kinds.map(\.name))
        #expect(captured.statements.map(\.sql) == plain.statements.map(\.sql))
        #expect(captured.edges.map(\.name) == plain.edges.map(\.name))
        #expect(captured.topics.map(\.name) == ["event", "phase", "team", "match"].map { "cdc.public.\($0)" })
        #expect(captured.topics.allSatisfy { $0.events == .capture && $0.fields.transaction == ["source", "txId"] })
    }

    @Test func aFileThatIsNotThere() {
        let error = #expect(throws: ConfigProblems.self) { try GraphFile.load(path: "/nowhere/graph.yaml") }
        #expect(
            error?.description
                == "/nowhere/graph.yaml: can't read the graph: there is no such file; name a graph file that this "
                + "user may read"
        )
    }

    @Test func sqlFilesAreRelativeToTheGraph() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "freshet-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let graph = GraphText.sound.replacingOccurrences(
            of: "sql: select id, doc, version from rm_a where id = any($1)", with: "sql-file: a.sql")
        try graph.write(to: folder.appendingPathComponent("g.yaml"), atomically: true, encoding: .utf8)
        try "select $1".write(to: folder.appendingPathComponent("a.sql"), atomically: true, encoding: .utf8)
        let loaded = try GraphFile.load(path: folder.appendingPathComponent("g.yaml").path)
        #expect(loaded.graph.statements[0].sql == "select $1")
    }
}
