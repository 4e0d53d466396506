import CommandKit
import FreshetConfig
import FreshetCore
import FreshetWorker
import Wiring

/// `freshet replay`
enum ReplayCommand {
    static let command = Command(
        "replay",
        summary: "rebuilds the cache from the topics, beside live workers",
        discussion: """
            Reads the chosen stretches up to the ends as they are now, coalesces them, and refreshes each entity that \
            they name, with everything that depends on it, once, from today's read models. It belongs to no group, \
            commits nothing and writes no dead letters; its connections are its own. Behind the fences it can't put \
            anything older over what live workers write meanwhile.

            All records are one window, however many they are, unless they name more than --window-entities \
            entities: then those are refreshed early, and one that comes again is refreshed again. How far it is \
            stands in the control record after each window: the same command goes on there, unless --restart says \
            otherwise. Where a replay is so long that it shouldn't begin anew, --window-records saves its place more \
            often, for more refreshes. With --share 2/4 it takes every fourth partition, for four machines at once.

            Without --execute it counts what it would touch and changes nothing.
            """,
        common: [.config, .output, .execute, .yes],
        options: [
            OffsetsScope.topic,
            .init("from-offset", .integer(0...Int64.max), "from this offset of each partition"),
            .init("to-offset", .integer(0...Int64.max), "up to this offset, without it"),
            .init("from-datetime", .datetime, "from the first record at or after this time"),
            .init("to-datetime", .datetime, "up to the first record at or after this time, without it"),
            .init("by-duration", .text("DURATION"), "what came within so much from now: 2h, or PT2H"),
            .init("kinds", short: "k", .text("KIND,..."), repeats: true, "only events about entities of these kinds"),
            .init("key", .text("KEY"), repeats: true, "only records with this key"),
            .init("share", .text("N/M"), fallback: "1/1", "the N-th of M shares: every M-th partition"),
            .init(
                "window-records", .integer(0...Int64.max), fallback: "0",
                "records in one window, after which its place is saved; 0: no bound"),
            .init(
                "window-entities", .integer(1...4_000_000), fallback: "262144",
                "entities that a window's records name; some 200 bytes of memory each, and its documents"),
            .init("threads", .integer(1...64), fallback: "2", "threads that read and decode, at most one a partition"),
            .init("redis-rate", .integer(0...10_000_000), fallback: "0", "keys per second at most; 0: no limit"),
            .init(
                "postgres-rate", .integer(0...10_000_000), fallback: "0",
                "rows per second at most, beside postgres.limits.replay; 0: no limit"),
            .init("restart", .flag, "begin anew, although an earlier run of this replay was not through"),
            .init("raw", .flag, "only read the records, and say how fast: what a replay takes at least"),
            .init("verify", .flag, "compare the kinds concerned with their read models afterwards"),
        ],
        arguments: [.init("KIND:ID", "only events about these entities", isOptional: true, repeats: true)],
        examples: [
            .init("freshet replay --by-duration 2h", "what the last two hours touched"),
            .init("freshet replay --by-duration 2h --execute", "refresh it"),
            .init("freshet replay --execute --yes --verify --redis-rate 5000", "everything, gently, and compare"),
            .init("freshet replay --topic league.changes:3 --from-offset 4711 match:12 --execute", "one match"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let selection = try ReplaySelection(invocation, deployment.graph.graph)
        if invocation.execute, !invocation.yes, selection.isEverything {
            throw CommandFailure(
                .usage, "Nothing narrows down what is replayed: give --topic, --by-duration, --kinds …, or add --yes.")
        }
        let run = ReplayRun(deployment, invocation, selection)
        let outcome = try await LaneThread.run("replay") { try await run.perform() }
        switch invocation.output {
        case .table: invocation.console.print(outcome.text)
        case .json: invocation.console.print(outcome.json.render(indented: true))
        }
        if outcome.report.isCut { return .interrupted }
        return (outcome.verification?.wrong ?? 0) > 0 ? .found : .fine
    }
}
