import CommandKit
import FreshetCore
import FreshetWorker
import KafkaLink
import Wiring

/// `freshet offsets reset`
enum OffsetsResetCommand {
    static let command = Command(
        "reset",
        summary: "moves the workers to other offsets, while they run",
        discussion: """
            Shows the plan, and gives it to the workers with --execute: an order in the control record for each \
            partition, which the worker that has it finds within `worker.idle-look`. It stops the partition, moves, \
            and goes on. Where no worker runs, the first that starts does it. (kafka-consumer-groups refuses to move \
            a group that runs, and knows nothing of the checkpoint.)

            Going back only applies again: the fences let nothing older through, and nothing is counted twice. Going \
            forward SKIPS records. What they announced may be stale in the cache, so before the partition moves, every \
            key of every kind that its topic can reach is invalidated; the skipped records are counted in the log, in \
            freshet_skipped_total and in `offsets describe`. It needs --yes.

            --export prints the plan as lines of TOPIC,PARTITION,OFFSET, as kafka-consumer-groups does, and with \
            --output json as JSON; --from-file reads either.
            """,
        common: [.config, .output, .execute, .yes],
        options: OffsetsScope.options + OffsetsTarget.options + [
            .init("export", .flag, "print the plan as a file for --from-file, and change nothing"),
            .init("cancel", .flag, "take back orders that no worker has performed yet"),
            .init("wait", .duration, fallback: "60s", "how long to wait until the workers have moved"),
        ],
        examples: [
            .init("freshet offsets reset --all-topics --by-duration 2h", "what it would do"),
            .init("freshet offsets reset --all-topics --by-duration 2h --execute --yes", "apply two hours again"),
            .init("freshet offsets reset --topic league.changes:3 --to-offset 4711 --execute", "one partition"),
            .init("freshet offsets reset --all-topics --to-checkpoint --export > plan.csv", "where they are now"),
            .init("freshet offsets reset --from-file plan.csv --execute", "and back there"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let reset = try await LaneThread.run("offsets") { try await OffsetsReset(invocation, deployment) }
        if invocation.flag("export") {
            switch invocation.output {
            case .table: invocation.console.print(OffsetsFile.csv(reset.moves))
            case .json: invocation.console.print(OffsetsFile.json(reset.moves).render(indented: true))
            }
            return .fine
        }
        try reset.check()
        var done: [Partition: OffsetsSight.Place]?
        if invocation.execute {
            done = try await LaneThread.run("offsets") { try await reset.perform() }
        }
        switch invocation.output {
        case .table: invocation.console.print(reset.text(done))
        case .json: invocation.console.print(reset.json(done).render(indented: true))
        }
        let isOpen = done?.values.contains { $0.order != nil } ?? false
        return isOpen && reset.hasMembers ? .found : .fine
    }
}
