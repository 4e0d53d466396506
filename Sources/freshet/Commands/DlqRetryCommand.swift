import CommandKit
import FreshetCore
import FreshetWorker
import Wiring

/// `freshet dlq retry`
enum DlqRetryCommand {
    static let command = Command(
        "retry",
        summary: "sends letters to the workers once more",
        discussion: """
            They go to this group's own retry topic, never to the topic that they came from, where other groups would \
            read them again. The workers take them up behind the same fences as anything else: what is newer in the \
            cache stays.

            It can be stopped or killed at any time; the same command goes on where it was, and sends none twice. A \
            letter that came back --max-replays times is parked instead. Only one such run is under way at a time.
            """,
        common: [.config, .output, .execute, .yes],
        options: DlqOptions.filters + [
            DlqOptions.limit(nil, "so many at most, those that failed first"), DlqOptions.topic,
            .init("rate", .integer(1...1_000_000), fallback: "1000", "so many letters a second at most"),
            .init("max-replays", .integer(1...1_000), fallback: "3", "park what was sent so often already"),
        ],
        examples: [
            .init("freshet dlq retry --reason rejected-by-read-model", "which that would be"),
            .init("freshet dlq retry --reason rejected-by-read-model --execute", "send them"),
            .init("freshet dlq retry --id league.changes/3/1042 --execute", "one, to see whether the cause is mended"),
            .init("freshet dlq retry --yes --rate 200 --execute", "everything, gently"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let filter = try DlqOptions.filter(invocation, deployment.graph.graph, now: MachineClock.wall())
        try DlqOptions.check(invocation, filter)
        if deployment.settings.worker.retry.rounds == 0 {
            throw CommandFailure(
                .usage, "`worker.retry.rounds` is 0: these workers read no retry topic. Raise it first.")
        }
        let outcome = try await LaneThread.run("dlq retry") {
            let letters = try DeadLetters(deployment, invocation)
            let retry = DlqRetry(
                letters: letters, filter: filter,
                rule: LetterRetry(
                    maxReplays: Int(invocation.integer("max-replays") ?? 3),
                    topics: Set(deployment.graph.graph.topics.map(\.name))),
                rate: Int(invocation.integer("rate") ?? 1_000), limit: invocation.integer("limit").map { Int($0) })
            let shelves = try letters.shelves(filter)
            return try await perform(retry, shelves, letters, invocation)
        }
        outcome.show(invocation)
        return .fine
    }

    private static func perform(
        _ retry: DlqRetry, _ shelves: [LetterShelf], _ letters: DeadLetters, _ invocation: Invocation
    ) async throws -> DlqOutcome {
        let chosen = retry.choose(shelves)
        var outcome = DlqOutcome(verb: "retry", isExecuted: invocation.execute)
        outcome.count(chosen.retry, shelves)
        outcome.targets = retry.targets(chosen.retry, shelves)
        var done = DlqRetry.Done(parked: invocation.execute ? 0 : chosen.park.count)
        if invocation.execute {
            var progress = Progress(
                "retry", total: Int64(chosen.retry.count), unit: "letters", on: invocation.console.err)
            for (number, shelf) in shelves.enumerated() where !letters.stop.isRequested {
                // A run that was killed is settled also where nothing is left to send.
                let budget = chosen.retry.count { $0.shelf == number }
                let parks = chosen.park.contains { $0.shelf == number }
                guard budget > 0 || parks || !shelf.runs.open.isEmpty else { continue }
                let part = try await retry.perform(shelf, budget: budget) { progress.advance(by: Int64($0)) }
                done.sent += part.sent
                done.parked += part.parked
                done.settled += part.settled
                done.gone += part.gone
            }
            progress.finish()
        }
        outcome.done = done.sent
        outcome.left = max(0, chosen.retry.count - done.sent - done.settled - done.gone)
        let verb = invocation.execute ? "" : "would be "
        outcome.more = [
            (
                "parked", done.parked,
                "\(DlqText.letters(done.parked)) \(verb)parked: sent \(retry.rule.maxReplays) times or more already."
            ),
            (
                "settled", done.settled,
                "\(done.settled) of them had been sent by a run that was killed, and were only written down."
            ),
            ("gone", done.gone, "\(done.gone) of them had gone with the topic's retention."),
            (
                "strange", chosen.strange.count,
                "\(DlqText.letters(chosen.strange.count)) left out: this group doesn't read the topic they came from."
            ),
            (
                "lost", chosen.lost.count,
                "\(DlqText.letters(chosen.lost.count)) left out: the record itself is not in its letter. "
                    + "What it touched is invalid already; discard them."
            ),
        ]
        outcome.remarks = letters.remarks(shelves)
        return outcome
    }
}
