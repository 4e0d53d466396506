import CommandKit

/// `freshet dlq`
enum DlqCommand {
    static let command = Command(
        "dlq",
        summary: "shows what was rejected, and sends it again",
        discussion: """
            A letter is a record that could not be applied, with the reason in its headers. Look first (stats, list, \
            show), mend the cause, then `retry`: the workers take it up again, behind the same fences as anything \
            else, so a letter that is months old can't bring an old value back. What can't be mended is discarded or \
            parked. Nothing changes before --execute is given.

            Decisions are kept in the dead-letter topic itself: everybody on call sees the same list.
            """,
        examples: [
            .init("freshet dlq stats", "how many, why, since when"),
            .init("freshet dlq list --reason rejected-by-read-model --since 2h", "the newest incident's"),
            .init("freshet dlq retry --reason rejected-by-read-model --execute", "send them again"),
        ],
        subcommands: [
            DlqListCommand.command, DlqShowCommand.command, DlqStatsCommand.command, DlqRetryCommand.command,
            DlqDecideCommand.discard, DlqDecideCommand.park, DlqDecideCommand.unpark, DlqExportCommand.command,
            DlqImportCommand.command,
        ])
}
