import Testing

@testable import CommandKit
@testable import freshet

@Suite struct CommandParserTests {
    private static let root = Command(
        "freshet", summary: "a tree for the tests",
        subcommands: [
            Command(
                "graph", summary: "the graph",
                subcommands: [
                    Command(
                        "explain", summary: "shows a cascade",
                        options: [
                            CommandOption("depth", .integer(1...8), fallback: "8", "how deep"),
                            CommandOption("for", .duration, "how long"),
                            CommandOption("since", .datetime, "from when"),
                            CommandOption("kind", short: "k", .text("KIND"), repeats: true, "which kinds"),
                        ],
                        arguments: [.init("KIND:ID", "an entity"), .init("MORE", "others", isOptional: true)],
                        examples: [.init("freshet graph explain match:7", "one match")],
                        run: { _ in .fine }),
                    Command("check", summary: "checks", examples: [], run: { _ in .found }),
                ]),
            Command("worker", summary: "works", common: [.config, .execute, .yes], examples: [], run: { _ in .fine }),
        ])

    private func line(_ text: String, _ environment: [String: String] = [:]) throws -> CommandParser.Line {
        let words = text.split(separator: " ").map(String.init)
        guard case .run(_, let line) = try CommandParser.parse(words, root: Self.root, environment: environment) else {
            throw UsageError(message: "not a command to run", command: "")
        }
        return line
    }

    private func complaint(_ text: String, _ environment: [String: String] = [:]) -> String? {
        do {
            _ = try line(text, environment)
            return nil
        } catch {
            return (error as? UsageError)?.message
        }
    }

    @Test func optionsAndArgumentsInAnyOrder() throws {
        let line = try line("graph explain --depth 3 match:7 --kind team -k=match --for 20s --output json")
        #expect(line.path == ["graph", "explain"])
        #expect(line.arguments == ["match:7"])
        #expect(
            line.values == [
                "depth": ["3"], "kind": ["team", "match"], "for": ["20s"], "output": ["json"],
            ])
    }

    @Test func theLineBeatsTheEnvironmentBeatsTheDefault() throws {
        let environment = ["FRESHET_CONFIG": "a.yaml", "FRESHET_OUTPUT": "json"]
        #expect(try line("graph check", environment).values == ["config": ["a.yaml"], "output": ["json"]])
        #expect(try line("graph check -c b.yaml", environment).values["config"] == ["b.yaml"])
        #expect(try line("graph check").values == ["output": ["table"]])
    }

    @Test func commonOptionsMayStandBeforeTheCommand() throws {
        #expect(try line("--config a.yaml graph check").values["config"] == ["a.yaml"])
        #expect(complaint("--output json worker") == "`freshet worker` takes no `--output`")
    }

    @Test func afterTwoDashesEverythingIsAnArgument() throws {
        #expect(try line("graph explain -- --depth -x").arguments == ["--depth", "-x"])
    }

    @Test(arguments: [
        ("wroker", "Unknown command `wroker`; did you mean `worker`?"),
        ("graph chekc", "Unknown command `chekc`; did you mean `check`?"),
        ("graph", "`freshet graph` wants one of: explain, check"),
        ("worker --exceute", "Unknown option `--exceute`; did you mean `--execute`?"),
        ("graph explain", "`KIND:ID` is missing: an entity"),
        ("graph explain a b c", "Too many arguments: `c`"),
        ("graph explain a --depth", "`--depth` needs a value: `--depth N`"),
        ("graph explain a --depth --kind x", "`--depth` needs a value: `--depth N`"),
        ("graph explain a --depth 9", "`--depth 9`: it must be from 1 to 8"),
        ("graph explain a --depth x", "`--depth x`: write a whole number"),
        ("graph explain a --depth 3 --depth 4", "`--depth` is given twice"),
        ("graph explain a --output xml", "`--output xml`: known are `table`, `json`"),
        ("graph explain a --output jsn", "`--output jsn`: did you mean `json`?"),
        ("graph explain a --for 20", "`--for 20`: write a whole number with a unit: 30d, 24h, 15m, 10s or 250ms"),
        ("worker --execute=maybe", "`--execute maybe`: it is on or off: true or false"),
    ])
    func complaints(text: String, message: String) {
        #expect(complaint(text) == message)
    }

    @Test func wrongValuesOfTheEnvironmentAreNamed() {
        #expect(
            complaint("graph check", ["FRESHET_OUTPUT": "xml"]) == "FRESHET_OUTPUT=xml: known are `table`, `json`")
    }

    @Test func helpIsAlwaysThere() throws {
        for words in [["graph", "explain", "--help"], ["help", "graph", "explain"], ["graph", "-h", "explain"]] {
            guard case .help(let command, let path) = try CommandParser.parse(words, root: Self.root, environment: [:])
            else {
                Issue.record("no help for \(words)")
                continue
            }
            #expect(command.name == "explain")
            #expect(path == ["graph", "explain"])
        }
    }
}
