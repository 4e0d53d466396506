/// One thing that is wrong with a configuration or graph file, with what would be right.
///
/// Readers collect all of them before they give up, so that one run shows everything there is to mend.
package struct ConfigProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// As the user gave it; the name of the variable for what comes from the environment.
    package var file: String
    /// Counted from 1; nil where there is no line (environment, a setting that is missing from the whole file).
    package var line: Int?
    /// The path of the setting: `kinds.team.keys[0].ttl`; empty for the file as a whole.
    package var setting: String
    /// What is wrong.
    package var wrong: String
    /// What would be right; empty where `wrong` says it all.
    package var right: String

    package init(file: String, line: Int?, setting: String, wrong: String, right: String) {
        self.file = file
        self.line = line
        self.setting = setting
        self.wrong = wrong
        self.right = right
    }

    /// One line: `league.yaml:12: kinds.team.keys[0].ttl: "30" has no unit; write 30d, 24h, 15m, 10s or 250ms`.
    package var description: String {
        var text = file
        if let line { text += ":\(line)" }
        if !setting.isEmpty { text += ": \(setting)" }
        text += ": \(wrong)"
        if !right.isEmpty { text += "; \(right)" }
        return text
    }
}

/// Everything that is wrong, in the order of the file.
package struct ConfigProblems: Error, Sendable, CustomStringConvertible {
    package var problems: [ConfigProblem]

    package init(_ problems: [ConfigProblem]) {
        self.problems = problems.enumerated()
            .sorted { ($0.element.line ?? Int.max, $0.offset) < ($1.element.line ?? Int.max, $1.offset) }
            .map(\.element)
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
