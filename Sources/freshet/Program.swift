import CommandKit
import FreshetCore

/// From words to an exit code; errors become messages here and nowhere else.
enum Program {
    static func run(
        _ words: [String], root: Command = AllCommands.root, environment: [String: String], console: Console,
        stop: Stop
    ) async -> ExitCode {
        do {
            switch try CommandParser.parse(words, root: root, environment: environment) {
            case .help(let command, let path):
                let width = min(console.out.width, 110)
                console.print(HelpText(root: root.name, command: command, path: path, width: width).render())
                return .fine
            case .version:
                console.print("freshet \(Version.number)")
                return .fine
            case .run(let run, let line):
                return try await run(
                    Invocation(
                        path: line.path, values: line.values, arguments: line.arguments, environment: environment,
                        console: console, stop: stop))
            }
        } catch {
            console.say("freshet: \(error)")
            if let fault = error as? Fault, let advice = advice(fault) { console.say("  \(advice)") }
            return ExitCode.of(error)
        }
    }

    private static func advice(_ fault: Fault) -> String? {
        if let advice = Advice.on(fault) { return advice }
        guard ExitCode.of(fault) == .unreachable else { return nil }
        let settings =
            switch fault.dependency {
            case .kafka: "kafka.bootstrap"
            case .redis: "redis.host, redis.port"
            case .postgres: "postgres.url (or postgres.host, postgres.port)"
            }
        return "Is it up, and is what the configuration says right: \(settings)? `freshet doctor` looks at everything."
    }
}
