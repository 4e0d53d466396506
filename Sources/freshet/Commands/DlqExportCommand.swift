import CommandKit
import FreshetCore
import FreshetWorker
import Wiring

/// `freshet dlq export`
enum DlqExportCommand {
    static let command = Command(
        "export",
        summary: "writes letters as lines of JSON",
        discussion: """
            One line per letter: what `list` tells, the payload where it is text, and under `record` every byte of it \
            for `import`. The lines hold your data: keep them as you keep the topic.
            """,
        options: DlqOptions.filters + [
            DlqOptions.state, DlqOptions.limit(nil, "so many at most, those that failed first"), DlqOptions.topic,
        ],
        examples: [
            .init("freshet dlq export > letters.jsonl", "all that wait"),
            .init("freshet dlq export --reason invalid-id | jq -r .payload", "payloads for the team that sends them"),
        ],
        run: run)

    /// Letters that are in memory at a time.
    private static let piece = 500

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let filter = try DlqOptions.filter(invocation, deployment.graph.graph, now: MachineClock.wall())
        return try await LaneThread.run("dlq export") {
            let letters = try DeadLetters(deployment, invocation)
            let shelves = try letters.shelves(filter)
            let chosen = Array(
                shelves.select(DlqOptions.states(invocation))
                    .prefix(invocation.integer("limit").map { Int($0) } ?? .max))
            var progress = Progress("export", total: Int64(chosen.count), unit: "letters", on: invocation.console.err)
            var done = 0
            while done < chosen.count, !invocation.stop.isRequested {
                let part = chosen[done..<min(done + piece, chosen.count)]
                for (letter, record) in zip(part, try letters.records(part, shelves)) {
                    guard let record else { continue }
                    let row = DlqListView.Row(
                        topic: shelves[letter.shelf].topic, state: shelves.state(letter), copies: letter.entry.copies,
                        replays: letter.entry.replays, sight: letters.sight(record))
                    invocation.console.print(DlqJSON.line(row, record))
                }
                done += part.count
                progress.advance(to: Int64(done))
            }
            if chosen.count > piece { progress.finish() }
            return .fine
        }
    }
}
