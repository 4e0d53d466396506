import FreshetConfig

/// Words → a command with checked values. Pure.
package struct CommandParser {
    package enum Parsed: Sendable {
        case help(Command, path: [String])
        case version
        case run(Command.Run, Line)
    }

    package struct Line: Hashable, Sendable {
        package var path: [String] = []
        package var values: [String: [String]] = [:]
        package var arguments: [String] = []
    }

    package let root: Command
    package let environment: [String: String]

    private var words: ArraySlice<String> = []
    private var command: Command
    private var line = Line()
    private var wantsHelp = false
    private var wantsVersion = false

    package init(root: Command, environment: [String: String]) {
        self.root = root
        self.environment = environment
        self.command = root
    }

    package static func parse(_ words: [String], root: Command, environment: [String: String]) throws(UsageError)
        -> Parsed
    {
        var parser = CommandParser(root: root, environment: environment)
        return try parser.parse(words)
    }

    private mutating func parse(_ all: [String]) throws(UsageError) -> Parsed {
        words = all[...]
        // `freshet help graph check` is `freshet graph check --help`.
        if words.first == "help" {
            words = words.dropFirst()
            wantsHelp = true
        }
        var onlyArguments = false
        while let word = words.popFirst() {
            if onlyArguments || word == "-" || !word.hasPrefix("-") {
                try takeWord(word)
            } else if word == "--" {
                onlyArguments = true
            } else {
                try takeOption(word)
            }
        }
        if wantsHelp { return .help(command, path: line.path) }
        if wantsVersion { return .version }
        guard case .run(let run) = command.action else {
            if line.path.isEmpty && all.isEmpty { return .help(command, path: []) }
            throw error("`\(shown)` wants one of: \(command.subcommands.map(\.name).joined(separator: ", "))")
        }
        try finish()
        return .run(run, line)
    }

    private mutating func takeWord(_ word: String) throws(UsageError) {
        if case .group(let commands) = command.action {
            guard let next = commands.first(where: { $0.name == word }) else {
                let advice = NearestName.advice(word, among: commands.map(\.name))
                throw error("Unknown command `\(word)`; \(advice)")
            }
            command = next
            line.path.append(word)
            return
        }
        if line.arguments.count >= command.arguments.count, command.arguments.last?.repeats != true {
            if wantsHelp { return }
            throw error("Too many arguments: `\(word)`")
        }
        line.arguments.append(word)
    }

    private mutating func takeOption(_ word: String) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let option = try find(name)
        let given: String
        if parts.count == 2 {
            given = String(parts[1])
        } else if option.form == .flag {
            given = "true"
        } else if let next = words.first, !next.hasPrefix("--") {
            given = next
            words = words.dropFirst()
        } else {
            throw error("`--\(option.name)` needs a value: `\(option.usage)`")
        }
        if let complaint = option.complaint(given) { throw error("`--\(option.name) \(given)`: \(complaint)") }
        switch option.name {
        case "help": wantsHelp = true
        case "version" where line.path.isEmpty: wantsVersion = true
        default:
            if !option.repeats, line.values[option.name] != nil { throw error("`--\(option.name)` is given twice") }
            line.values[option.name, default: []].append(given)
        }
    }

    /// Before the command's name only the options that every command knows may stand.
    private func find(_ name: String) throws(UsageError) -> CommandOption {
        var known = command.allOptions
        if case .group = command.action {
            known += [CommonOptions.configOption, CommonOptions.outputOption]
            if line.path.isEmpty { known.append(CommonOptions.versionOption) }
        }
        if let option = known.first(where: { "--\($0.name)" == name || $0.short.map { "-\($0)" } == name }) {
            return option
        }
        let names = known.map { "--\($0.name)" }
        throw error("Unknown option `\(name)`; \(NearestName.advice(name, among: names))")
    }

    /// What only the whole line can tell: arguments that are missing, options that came too early, what the
    /// environment adds.
    private mutating func finish() throws(UsageError) {
        let options = command.allOptions
        for name in line.values.keys where !options.contains(where: { $0.name == name }) {
            throw error("`\(shown)` takes no `--\(name)`")
        }
        if let missing = command.arguments.dropFirst(line.arguments.count).first(where: { !$0.isOptional }) {
            throw error("`\(missing.name)` is missing: \(missing.help)")
        }
        for option in options where line.values[option.name] == nil {
            if let variable = option.environment, let value = environment[variable], !value.isEmpty {
                if let complaint = option.complaint(value) { throw error("\(variable)=\(value): \(complaint)") }
                line.values[option.name] = [value]
            } else if let fallback = option.fallback {
                line.values[option.name] = [fallback]
            }
        }
    }

    private var shown: String { ([root.name] + line.path).joined(separator: " ") }

    private func error(_ message: String) -> UsageError { UsageError(message: message, command: shown) }
}
