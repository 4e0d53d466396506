/// What `--help` prints.
package struct HelpText {
    package let root: String
    package let command: Command
    package let path: [String]
    package var width = 100

    package init(root: String, command: Command, path: [String], width: Int = 100) {
        self.root = root
        self.command = command
        self.path = path
        self.width = width
    }

    package func render() -> String {
        var parts = ["\(capitalised(command.summary)).", "Usage: \(usage)"]
        if !command.discussion.isEmpty {
            parts.append(
                command.discussion.split(separator: "\n\n").map { wrap(String($0), indent: 0) }
                    .joined(separator: "\n\n"))
        }
        if !command.subcommands.isEmpty {
            parts.append(section("Commands", command.subcommands.map { ($0.name, $0.summary) }))
        }
        if !command.arguments.isEmpty {
            parts.append(section("Arguments", command.arguments.map { ($0.name, $0.help) }))
        }
        var options = command.allOptions
        if path.isEmpty { options.append(CommonOptions.versionOption) }
        parts.append(section("Options", options.map { ($0.usage, describe($0)) }))
        if !command.examples.isEmpty {
            let examples = command.examples.map { "  \($0.line)\n      \($0.what)" }
            parts.append("Examples:\n" + examples.joined(separator: "\n"))
        }
        if !command.subcommands.isEmpty {
            parts.append("`\(([root] + path).joined(separator: " ")) COMMAND --help` says more about a command.")
        }
        return parts.joined(separator: "\n\n")
    }

    private var usage: String {
        var words = [root] + path
        if !command.subcommands.isEmpty { words.append("COMMAND") }
        words += command.arguments.map(\.usage)
        words.append("[OPTIONS]")
        return words.joined(separator: " ")
    }

    private func describe(_ option: CommandOption) -> String {
        var text = option.help
        if let fallback = option.fallback { text += " (default: \(fallback))" }
        if let variable = option.environment { text += " [\(variable)]" }
        if option.repeats { text += "; may be repeated" }
        return text
    }

    private func section(_ title: String, _ rows: [(String, String)]) -> String {
        let column = min(34, (rows.map(\.0.count).max() ?? 0) + 4)
        let lines = rows.map { name, help in
            let text = wrap(help, indent: column)
            let first = "  \(name)"
            if first.count + 2 > column { return "\(first)\n\(String(repeating: " ", count: column))\(text)" }
            return first + String(repeating: " ", count: column - first.count) + text
        }
        return "\(title):\n" + lines.joined(separator: "\n")
    }

    /// Breaks at spaces; lines of the text that begin with two spaces stay as they are.
    private func wrap(_ text: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard !paragraph.hasPrefix("  ") else {
                lines.append(String(paragraph))
                continue
            }
            var line = ""
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty, indent + line.count + 1 + word.count > width {
                    lines.append(line)
                    line = ""
                }
                line += (line.isEmpty ? "" : " ") + word
            }
            lines.append(line)
        }
        return lines.joined(separator: "\n\(margin)")
    }

    private func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
