import CommandKit
import FreshetCore
import FreshetWorker
import Wiring

/// `freshet dlq list`
enum DlqListCommand {
    static let command = Command(
        "list",
        summary: "lists the letters that wait for somebody",
        discussion: """
            One line per record, however often its letter was written, the one that failed first at the top. Filters \
            AND together. Letters that were retried, discarded or parked are not listed again unless --state asks for \
            them; one that failed again after a retry is.
            """,
        options: DlqOptions.filters + [
            DlqOptions.state, DlqOptions.limit(100, "so many at most"), DlqOptions.topic,
        ],
        examples: [
            .init("freshet dlq list", "all that wait"),
            .init("freshet dlq list --reason invalid-id --kind match --since 2h", "of the last two hours"),
            .init("freshet dlq list --state parked --output json", "what was put aside, for programs"),
            .init("freshet dlq list --topic orders.DLT", "letters that Spring Kafka wrote"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let filter = try DlqOptions.filter(invocation, deployment.graph.graph, now: MachineClock.wall())
        let (view, remarks) = try await LaneThread.run("dlq list") {
            let letters = try DeadLetters(deployment, invocation)
            let shelves = try letters.shelves(filter)
            let all = shelves.select(DlqOptions.states(invocation))
            let some = all.prefix(Int(invocation.integer("limit") ?? 100))
            let rows = try Self.rows(some, shelves, letters)
            return (DlqListView(rows: rows, total: all.count, width: width(invocation)), letters.remarks(shelves))
        }
        switch invocation.output {
        case .table: invocation.console.print(([view.text] + remarks).joined(separator: "\n"))
        case .json: invocation.console.print(view.json.render(indented: true))
        }
        return .fine
    }

    /// Messages are cut at the edge of a terminal only.
    private static func width(_ invocation: Invocation) -> Int {
        invocation.console.out.isTerminal ? max(80, invocation.console.out.width) : 1_000
    }

    /// Payloads are in memory for so many at a time.
    private static let piece = 1_000

    static func rows(
        _ some: ArraySlice<ShelvedLetter>, _ shelves: [LetterShelf], _ letters: DeadLetters
    ) throws(Fault) -> [DlqListView.Row] {
        var rows: [DlqListView.Row] = []
        var rest = some
        while !rest.isEmpty {
            let part = rest.prefix(piece)
            rest = rest.dropFirst(piece)
            for (letter, record) in zip(part, try letters.records(part, shelves)) {
                guard let record else { continue }
                rows.append(
                    DlqListView.Row(
                        topic: shelves[letter.shelf].topic, state: shelves.state(letter), copies: letter.entry.copies,
                        replays: letter.entry.replays, sight: letters.sight(record)))
            }
        }
        return rows
    }
}
