import CommandKit
import FreshetCore
import FreshetWorker
import Wiring

/// `freshet dlq stats`
enum DlqStatsCommand {
    static let command = Command(
        "stats",
        summary: "counts the letters by reason, kind, age and hour",
        discussion: """
            Each record counts once, however often its letter was written. With --max it ends with 1 if more letters \
            are open than that, for an alert or a gate in a deployment.
            """,
        options: DlqOptions.filters + [
            .init("max", .integer(0...Int64(LetterIndex.limit)), "end with 1 if more than so many are open"),
            DlqOptions.topic,
        ],
        examples: [
            .init("freshet dlq stats", "everything"),
            .init("freshet dlq stats --kind match --since 1d", "what happened to matches since yesterday"),
            .init("freshet dlq stats --max 100 --output json", "for a script: ends with 1 above a hundred"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let now = MachineClock.wall()
        let filter = try DlqOptions.filter(invocation, deployment.graph.graph, now: now)
        let (stats, remarks) = try await LaneThread.run("dlq stats") {
            let letters = try DeadLetters(deployment, invocation)
            let shelves = try letters.shelves(filter)
            var stats = LetterStats(now: now)
            for shelf in shelves { stats.add(shelf.index) }
            return (stats, letters.remarks(shelves))
        }
        let view = DlqStatsView(stats)
        switch invocation.output {
        case .table: invocation.console.print(([view.text] + remarks).joined(separator: "\n"))
        case .json: invocation.console.print(view.json.render(indented: true))
        }
        guard let most = invocation.integer("max") else { return .fine }
        return stats.open > Int(most) ? .found : .fine
    }
}
