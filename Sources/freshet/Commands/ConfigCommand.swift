import CommandKit
import FreshetConfig

/// `freshet config`
enum ConfigCommand {
    static let command = Command(
        "config",
        summary: "shows and checks the settings",
        subcommands: [show, check])

    private static let show = Command(
        "show",
        summary: "every setting as it holds, and where it came from",
        discussion: """
            A value comes from a variable (redis.connect-timeout: FRESHET_REDIS_CONNECT_TIMEOUT), from the file, or \
            from the default, in this order. Secrets are shown as ***.
            """,
        options: [CommandOption("changed", .flag, "only settings that have another origin than the default")],
        examples: [
            .init("freshet config show --config freshet.yaml", "all of them"),
            .init("freshet config show --changed", "what this deployment sets itself"),
            .init("freshet config show --output json", "for programs"),
        ],
        run: runShow)

    private static let check = Command(
        "check",
        summary: "reads file and environment and names everything that is wrong with them",
        discussion: "Exit code 2 where something is wrong. No server is asked: `freshet doctor` does that.",
        examples: [
            .init("freshet config check --config freshet.yaml", "before a deployment"),
            .init("freshet config check --output json", "for programs"),
        ],
        run: runCheck)

    private static func runShow(_ invocation: Invocation) async throws -> ExitCode {
        let config = try invocation.loadConfig()
        let onlyChanged = invocation.flag("changed")
        let rows = config.effective.rows.filter { !onlyChanged || $0.origin != "default" }
        invocation.show(
            Table(
                [.init("setting"), .init("value"), .init("origin")],
                rows: rows.map { [$0.setting, $0.value ?? "-", $0.origin] }),
            json: .array(
                rows.map { row in
                    .object([
                        ("setting", .string(row.setting)), ("value", .string(row.value)),
                        ("origin", .string(row.origin)),
                    ])
                }))
        return .fine
    }

    private static func runCheck(_ invocation: Invocation) async throws -> ExitCode {
        switch ConfigLoader.load(file: invocation.text("config"), environment: invocation.environment) {
        case .success(let config):
            let changed = config.effective.rows.count { $0.origin != "default" }
            switch invocation.output {
            case .table:
                for warning in config.warnings { invocation.console.say("warning: \(warning)") }
                let source = config.file ?? "the environment"
                invocation.console.print(
                    "\(source) is fine: \(config.effective.rows.count) settings, \(changed) of them not the default.")
            case .json:
                invocation.console.print(report([], config.warnings).render(indented: true))
            }
            return .fine
        case .failure(let problems):
            guard invocation.output == .json else { throw problems }
            invocation.console.print(report(problems.problems, []).render(indented: true))
            return .usage
        }
    }

    private static func report(_ problems: [ConfigProblem], _ warnings: [ConfigProblem]) -> JSON {
        .object([
            ("problems", .array(problems.map(object))), ("warnings", .array(warnings.map(object))),
        ])
    }

    private static func object(_ problem: ConfigProblem) -> JSON {
        .object([
            ("file", .string(problem.file)), ("line", .int(problem.line.map { Int64($0) })),
            ("setting", .string(problem.setting)), ("wrong", .string(problem.wrong)), ("right", .string(problem.right)),
        ])
    }
}
