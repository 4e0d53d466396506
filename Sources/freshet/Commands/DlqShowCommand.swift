import CommandKit
import FreshetCore
import FreshetWorker
import Wiring

/// `freshet dlq show`
enum DlqShowCommand {
    static let command = Command(
        "show",
        summary: "shows letters in full, with what a retry would touch",
        discussion: """
            Payload, headers, error, and the cascade: the record is decoded and its dependants are looked up in the \
            database as a worker would do it now, writing nothing.
            """,
        options: DlqOptions.filters + [
            DlqOptions.state, DlqOptions.limit(5, "so many at most"), DlqOptions.topic,
            .init(
                "cascade", .integer(0...100_000), fallback: "100",
                "follow the cascade to so many entities at most; 0: don't ask the database"),
        ],
        arguments: [
            .init("ID", "a letter (shop.changes/3/1042) or an entity (team:12)", isOptional: true, repeats: true)
        ],
        examples: [
            .init("freshet dlq show league.changes/3/1042", "one letter"),
            .init("freshet dlq show match:4711 --state all", "all that ever happened to a match"),
            .init("freshet dlq show --reason invalid-id --limit 1 --cascade 0", "an example of its kind"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let filter = try DlqOptions.filter(invocation, deployment.graph.graph, now: MachineClock.wall())
        let (views, total) = try await LaneThread.run("dlq show") {
            let letters = try DeadLetters(deployment, invocation)
            let shelves = try letters.shelves(filter)
            let all = shelves.select(DlqOptions.states(invocation))
            let some = all.prefix(Int(invocation.integer("limit") ?? 5))
            let records = try letters.records(some, shelves)
            let oracle = DlqProspects(deployment, limit: Int(invocation.integer("cascade") ?? 100))
            var views: [DlqShowView] = []
            for (letter, record) in zip(some, records) {
                guard let record else { continue }
                let row = DlqListView.Row(
                    topic: shelves[letter.shelf].topic, state: shelves.state(letter), copies: letter.entry.copies,
                    replays: letter.entry.replays, sight: letters.sight(record))
                let prospect = try await oracle.prospect(row.sight)
                views.append(DlqShowView(row: row, record: record, prospect: prospect))
            }
            return (views, all.count)
        }
        switch invocation.output {
        case .json: invocation.console.print(JSON.array(views.map(\.json)).render(indented: true))
        case .table:
            invocation.console.print(
                views.isEmpty ? "No letters." : views.map(\.text).joined(separator: "\n\n"))
            if total > views.count {
                invocation.console.print("\n\(DlqText.letters(total)); the first \(views.count) are shown.")
            }
        }
        return .fine
    }
}
