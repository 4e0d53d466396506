import FreshetConfig
import FreshetCore
import Testing

@testable import CommandKit
@testable import freshet

@Suite struct ProgramTests {
    private struct Result {
        var code: ExitCode
        var out: String
        var err: String
    }

    private func run(_ words: [String], root: Command = AllCommands.root) async -> Result {
        let console = Console(out: OutputStream(), err: OutputStream())
        let code = await Program.run(words, root: root, environment: [:], console: console, stop: Stop())
        return Result(code: code, out: console.out.collected, err: console.err.collected)
    }

    private func failing(with error: any Error & Sendable) -> Command {
        let command = Command("fail", summary: "fails", examples: [], run: { _ in throw error })
        return Command("freshet", summary: "", subcommands: [command])
    }

    @Test func versionForProgramsIsJSON() async {
        let result = await run(["version", "--output", "json"])
        #expect(result.code == .fine)
        #expect(result.out.hasPrefix("{\n  \"freshet\": \"\(Version.number)\",\n"))
        #expect(result.err == "")
    }

    @Test func usageErrorsGoToTheErrorOutput() async {
        let result = await run(["verson"])
        #expect(result.code == .usage)
        #expect(result.out == "")
        #expect(
            result.err == "freshet: Unknown command `verson`; did you mean `version`?\nSee `freshet --help`.\n")
    }

    @Test(arguments: [
        (Fault(.redis, .cannotConnect, "no"), ExitCode.unreachable),
        (Fault(.postgres, .sqlState("28P01"), "no"), .unreachable),
        (Fault(.postgres, .sqlState("42P01"), "no"), .fatal),
        (Fault(.redis, .redis("NOAUTH"), "no"), .unreachable),
        (Fault(.redis, .redis("ERR"), "no"), .fatal),
        (Fault(.kafka, .kafka(name: "_TRANSPORT", fatal: false), "no"), .unreachable),
        (Fault(.kafka, .kafka(name: "FENCED_INSTANCE_ID", fatal: true), "no"), .fatal),
    ])
    func faultsDecideTheCode(fault: Fault, code: ExitCode) async {
        let result = await run(["fail"], root: failing(with: fault))
        #expect(result.code == code)
        let lines = result.err.split(separator: "\n")
        #expect(lines.first == "freshet: \(fault.dependency.rawValue): no")
        // Where it can't be reached, or somebody can do something about it, the next line says what to look at.
        #expect(lines.count == (code == .unreachable || Advice.on(fault) != nil ? 2 : 1), "\(result.err)")
    }

    @Test func configurationProblemsAreUsage() async {
        let problem = ConfigProblem(file: "a.yaml", line: 3, setting: "ttl", wrong: "no unit", right: "write 30d")
        let result = await run(["fail"], root: failing(with: ConfigProblems([problem])))
        #expect(result.code == .usage)
        #expect(result.err == "freshet: a.yaml:3: ttl: no unit; write 30d\n")
    }

    /// Of the commands that ship: help for each, with an example that the parser understands.
    @Test func everyCommandHasHelpWithExamples() async throws {
        func visit(_ command: Command, _ path: [String]) async throws {
            let result = await run(path + ["--help"])
            #expect(result.code == .fine)
            #expect(result.out.contains("Usage: freshet"), "\(path)")
            #expect(!command.summary.isEmpty && !command.summary.hasSuffix("."), "\(path)")
            if command.subcommands.isEmpty { #expect(!command.examples.isEmpty, "\(path) has no example") }
            for line in result.out.split(separator: "\n") { #expect(line.count <= 120, "\(path): \(line)") }
            for child in command.subcommands { try await visit(child, path + [child.name]) }
        }
        try await visit(AllCommands.root, [])
    }

    @Test func everyExampleParses() throws {
        func visit(_ command: Command) throws {
            for example in command.examples where !example.line.contains("|") {
                // What is behind it is the shell's.
                let words = ShellWords.split(example.line).prefix { $0 != ">" }
                #expect(words.first == "freshet", "\(example.line)")
                #expect(throws: Never.self, "\(example.line)") {
                    _ = try CommandParser.parse(
                        Array(words.dropFirst()), root: AllCommands.root, environment: [:])
                }
            }
            for child in command.subcommands { try visit(child) }
        }
        try visit(AllCommands.root)
    }
}

/// Enough of a shell for the examples: words, single and double quotes.
private enum ShellWords {
    static func split(_ line: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in line {
            if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if quote == nil, character == " " {
                if let finished = word { words.append(finished) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }
}
