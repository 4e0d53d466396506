/// One command of the tree, declared as a value: parser and help are made from it.
package struct Command: Sendable {
    package typealias Run = @Sendable (Invocation) async throws -> ExitCode

    package enum Action: Sendable {
        case run(Run)
        case group([Command])
    }

    package struct Argument: Sendable {
        package var name: String
        package var help: String
        package var isOptional: Bool
        /// Takes all that follow; the last one only.
        package var repeats: Bool

        package init(_ name: String, _ help: String, isOptional: Bool = false, repeats: Bool = false) {
            self.name = name
            self.help = help
            self.isOptional = isOptional
            self.repeats = repeats
        }

        package var usage: String {
            let shown = repeats ? "\(name)..." : name
            return isOptional ? "[\(shown)]" : shown
        }
    }

    package struct Example: Sendable {
        package var line: String
        package var what: String

        package init(_ line: String, _ what: String) {
            self.line = line
            self.what = what
        }
    }

    package var name: String
    /// One line without a full stop.
    package var summary: String
    /// Paragraphs, wrapped by the help.
    package var discussion: String
    package var common: CommonOptions
    package var options: [CommandOption]
    package var arguments: [Argument]
    package var examples: [Example]
    package var action: Action

    package init(
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

    package init(
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

    package var subcommands: [Command] {
        if case .group(let commands) = action { return commands }
        return []
    }

    package var allOptions: [CommandOption] { options + common.options + [CommonOptions.helpOption] }
}
