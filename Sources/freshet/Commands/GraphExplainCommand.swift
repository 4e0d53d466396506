import CommandKit
import FreshetConfig
import FreshetCore
import FreshetWorker
import PostgresLink

/// `freshet graph explain KIND:ID`
enum GraphExplainCommand {
    static let command = Command(
        "explain",
        summary: "shows what a change of one entity touches, writing nothing",
        discussion: """
            Follows the edges in the database just as a worker would, and lists each key with the path that leads to \
            it. The parts of a composite id are joined by colons; a colon or percent sign inside a part is written %3a \
            or %25.
            """,
        options: [
            GraphSources.graphOption, GraphSources.postgresOption,
            CommandOption("depth", short: "d", .integer(0...64), "follow so many edges at most"),
            CommandOption(
                "limit", .integer(1...10_000_000), fallback: "\(Explainer.defaultLimit)",
                "show so many entities at most"),
        ],
        arguments: [.init("KIND:ID", "the entity that changes")],
        examples: [
            .init("freshet graph explain match:4711", "one match"),
            .init("freshet graph explain stock:5:7 --depth 1 --output json", "only what is next to it, for programs"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let sources = GraphSources(invocation: invocation)
        let graph = try sources.graph().graph
        var pool = TextPool()
        let entity = try entity(invocation.arguments[0], graph, &pool)
        let models = PostgresReadModels(try sources.postgres(), statements: graph.statements)
        defer { models.disconnect() }
        let explanation = try await Explainer.explain(
            entity, pool: pool, graph: graph, database: models, depth: invocation.integer("depth").map(Int.init),
            limit: invocation.integer("limit").map(Int.init) ?? Explainer.defaultLimit)
        let view = ExplanationView(explanation)
        switch invocation.output {
        case .table: invocation.console.print(view.text)
        case .json: invocation.console.print(view.json.render(indented: true))
        }
        return .fine
    }

    private static func entity(_ text: String, _ graph: Graph, _ pool: inout TextPool) throws -> EntityRef {
        do throws(Rejection) {
            return try EntityName.parse(text, graph, pool: &pool)
        } catch {
            let kind = String(text.prefix { $0 != ":" })
            let advice =
                error.reason == .unknownKind ? "; " + NearestName.advice(kind, among: graph.kinds.map(\.name)) : ""
            throw CommandFailure(.usage, error.message + advice)
        }
    }
}
