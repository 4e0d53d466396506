import CommandKit
import DevLeague
import Wiring

/// `freshet dev`
enum DevCommand {
    static let command = Command(
        "dev",
        summary: "runs the whole thing on this machine, with a sample league, and shows it live",
        discussion: """
            Starts an embedded broker, Redis and PostgreSQL of its own on free loopback ports in a temporary folder, \
            loads a football season, runs the worker, and plays the season match by match: each scene is a committed \
            SQL update, and after it an event. At the end every key is compared with its read model. Nothing is left \
            behind.
            """,
        common: [],
        options: [
            .init("kafka", .text("BOOTSTRAP"), "a real Kafka instead of the embedded broker"),
            .init("for", .duration, "end by itself after this time"),
            .init("speed", .integer(1...1000), fallback: "8", "scenes a second"),
            .init(
                "seed", .integer(0...Int64.max), fallback: "1", "what the season's file doesn't know is drawn from it"),
        ],
        examples: [
            .init("freshet dev", "until Ctrl-C"),
            .init("freshet dev --for 20s --speed 50", "a short one, with an account at its end"),
            .init("freshet dev --kafka localhost:9092", "on a broker that is already there"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let options = DevOptions(
            kafka: invocation.text("kafka"), duration: invocation.duration("for"),
            speed: invocation.integer("speed") ?? 8, seed: UInt64(invocation.integer("seed") ?? 1))
        let (console, environment, stop) = (invocation.console, invocation.environment, invocation.stop)
        // Its calls to the servers block: on a thread of their own.
        return try await LaneThread.run("dev") {
            try await DevRun(options, console: console, environment: environment, stop: stop).run()
        }
    }
}
