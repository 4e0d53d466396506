import CommandKit

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
            return ExitCode.of(error)
        }
    }
}
