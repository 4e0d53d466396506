import CommandKit
import DevLeague
import Foundation
import Wiring

/// `freshet drill`: what the scripts under `deploy/drills` stand on.
enum DrillCommand {
    static let command = Command(
        "drill",
        summary: "servers with the sample league, for the drills under deploy/drills",
        discussion: """
            Starts Redis, PostgreSQL and the embedded broker on free loopback ports in a folder of its own, loads the \
            sample league, prints how to reach them as shell assignments, and `ready`. Then it takes lines: `play N` \
            plays N scenes of the season, `send PARTITION VALUE` sends a record, `flood N STEP` sends N events about \
            every STEP-th match, `garbage N` sends N records that nobody can read, `settle` waits until every record \
            was applied, `postgres kill` and `postgres start`, \
            `quit`. Each is answered by a line that begins with `ok` or `error`. Nothing is left behind.

            Use the scripts: they break something, and let you mend it.
            """,
        common: [],
        options: [],
        examples: [.init("freshet drill", "what deploy/drills/redis-full.sh stands on")],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let (console, environment) = (invocation.console, invocation.environment)
        return try await LaneThread.run("drill") {
            let stage = try DrillStage(environment: environment)
            defer { stage.stop() }
            // Whoever started it ends it by `quit` or by the end of its input; a signal to the whole group isn't ours.
            for line in stage.variables { console.print(line) }
            console.print("ready")
            while let line = readLine() {
                if line == "quit" { break }
                do {
                    let answer = try await stage.obey(line)
                    console.print(answer.map { "ok \($0)" } ?? "error: can't read: \(line)")
                } catch {
                    console.print("error: \(error)")
                }
            }
            return .fine
        }
    }
}
