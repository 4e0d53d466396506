import CommandKit
import FreshetCore
import FreshetWorker
import Wiring

/// `freshet dlq discard`, `park` and `unpark`
enum DlqDecideCommand {
    static let discard = command(
        "discard", .discarded, of: [.open, .parked],
        summary: "lets letters go: they are not listed again",
        discussion: """
            For what can't be mended and isn't missed. The letters stay in the topic until its retention removes \
            them, and `list --state discarded` still shows them; a record that is discarded stays so, also if it is \
            read and rejected once more.
            """,
        examples: [
            .init("freshet dlq discard --reason malformed-json --until 30d", "what that would be"),
            .init("freshet dlq discard --reason malformed-json --until 30d --execute", "… and let it go"),
        ])

    static let park = command(
        "park", .parked, of: [.open],
        summary: "puts letters aside for later",
        discussion: """
            Parked letters are not listed and not retried until they are taken back with `unpark`. `retry` parks by \
            itself what came back too often.
            """,
        examples: [.init("freshet dlq park --id league.changes/3/1042 --execute", "until the team that owns it is up")])

    static let unpark = command(
        "unpark", .open, of: [.parked],
        summary: "takes parked letters back",
        discussion: "They are listed again, and `retry` may send them again.",
        examples: [.init("freshet dlq unpark --kind match --execute", "all that concern matches")])

    private static func command(
        _ name: String, _ state: LetterState, of states: Set<LetterState>, summary: String, discussion: String,
        examples: [Command.Example]
    ) -> Command {
        Command(
            name, summary: summary, discussion: discussion, common: [.config, .output, .execute, .yes],
            options: DlqOptions.filters + [
                DlqOptions.limit(nil, "so many at most, those that failed first"), DlqOptions.topic,
            ],
            examples: examples,
            run: { invocation in try await run(name, state, states, invocation) })
    }

    private static func run(
        _ name: String, _ state: LetterState, _ states: Set<LetterState>, _ invocation: Invocation
    ) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let filter = try DlqOptions.filter(invocation, deployment.graph.graph, now: MachineClock.wall())
        try DlqOptions.check(invocation, filter)
        let outcome = try await LaneThread.run("dlq \(name)") {
            let letters = try DeadLetters(deployment, invocation)
            let shelves = try letters.shelves(filter)
            let chosen = Array(shelves.select(states).prefix(invocation.integer("limit").map { Int($0) } ?? .max))
            var outcome = DlqOutcome(verb: name, isExecuted: invocation.execute)
            outcome.count(chosen, shelves)
            if invocation.execute {
                outcome.done = try DlqDecider(letters: letters, shelves: shelves).write(state, chosen, as: name)
            }
            outcome.remarks = letters.remarks(shelves)
            return outcome
        }
        outcome.show(invocation)
        return .fine
    }
}
