import CommandKit

/// `freshet graph show`
enum GraphShowCommand {
    static let command = Command(
        "show",
        summary: "draws the graph",
        discussion: "Needs no database.",
        common: [.config],
        options: [
            GraphSources.graphOption,
            CommandOption(
                "format", short: "f", .choice(["table", "json", "dot", "svg"]), fallback: "table",
                "tables for people, JSON for programs, DOT for Graphviz, or a drawing as it is"),
        ],
        examples: [
            .init("freshet graph show --graph schemas/league.yaml", "topics, kinds and edges"),
            .init("freshet graph show --graph schemas/league.yaml --format svg > league.svg", "a drawing"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let graph = try GraphSources(invocation: invocation).graph().graph
        let text =
            switch invocation.text("format") {
            case "json": GraphJSON(graph).json.render(indented: true)
            case "dot": GraphDot(graph).render()
            case "svg": GraphSVG(graph).render()
            default: GraphTables(graph).render()
            }
        invocation.console.print(text)
        return .fine
    }
}
