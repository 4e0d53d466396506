/// One command of the tree, declared as a value: parser and help are made from it.
struct Command: Sendable {
    typealias Run = @Sendable (Invocation) async throws -> ExitCode

    enum Action: Sendable {
        case run(Run)
        case group([Command])
    }

    struct Argument: Sendable {
        var name: String
        var help: String
        var isOptional: Bool
        /// Takes all that follow; the last one only.
        var repeats: Bool

        init(_ name: String, _ help: String, isOptional: Bool = false, repeats: Bool = false) {
            self.name = name
            self.help = help
            self.isOptional = isOptional
            self.repeats = repeats
        }

        var usage: String {
            let shown = repeats ? "\(name)..." : name
            return isOptional ? "[\(shown)]" : shown
        }
    }

    struct Example: Sendable {
        var line: String
        var what: String

        init(_ line: String, _ what: String) {
            self.line = line
            self.what = what
        }
    }

    var name: String
    /// One line without a full stop.
    var summary: String
    /// Paragraphs, wrapped by the help.
    var discussion: String
    var common: CommonOptions
    var options: [CommandOption]
    var arguments: [Argument]
    var examples: [Example]
    var action: Action

    init(
        _ name: String, summary: String, discussion: String = "", common: CommonOptions = [.config, .output],
        options: [CommandOption] = [], arguments: [Argument] = [], examples: [Example], run: @escaping Run
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.common = common
        self.options = options
        self.arguments = arguments
        self.examples = examples
        self.action = .run(run)
    }

    init(
        _ name: String, summary: String, discussion: String = "", examples: [Example] = [], subcommands: [Command]
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.common = []
        self.options = []
        self.arguments = []
        self.examples = examples
        self.action = .group(subcommands)
    }

    var subcommands: [Command] {
        if case .group(let commands) = action { return commands }
        return []
    }

    var allOptions: [CommandOption] { options + common.options + [CommonOptions.helpOption] }
}
