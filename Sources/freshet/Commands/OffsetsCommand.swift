import CommandKit

/// `freshet offsets …`
enum OffsetsCommand {
    static let command = Command(
        "offsets",
        summary: "shows where the workers are in their topics, and moves them",
        examples: [
            .init("freshet offsets describe", "offsets, lag, and what a worker would do at its next start"),
            .init("freshet offsets reset --all-topics --by-duration 2h", "what going back two hours would mean"),
        ],
        subcommands: [OffsetsDescribeCommand.command, OffsetsResetCommand.command])
}
