import CommandKit

/// `freshet graph …`
enum GraphCommand {
    static let command = Command(
        "graph",
        summary: "checks, draws and explains the dependency graph",
        examples: [
            .init("freshet graph check --config freshet.yaml", "before a deploy"),
            .init("freshet graph explain match:4711", "what a change of this match touches"),
        ],
        subcommands: [GraphCheckCommand.command, GraphShowCommand.command, GraphExplainCommand.command])
}
