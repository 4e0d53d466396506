/// Options that mean the same wherever they stand. A command names those that it takes.
package struct CommonOptions: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    package static let config = CommonOptions(rawValue: 1)
    package static let output = CommonOptions(rawValue: 2)
    /// `--execute`: without it a command says what it would do, and changes nothing.
    package static let execute = CommonOptions(rawValue: 4)
    /// `--yes`: wanted as well where nothing narrows down what is changed.
    package static let yes = CommonOptions(rawValue: 8)

    package static let configOption = CommandOption(
        "config", short: "c", .text("FILE"), environment: "FRESHET_CONFIG", "settings and graph (YAML)")
    package static let outputOption = CommandOption(
        "output", short: "o", .choice(["table", "json"]), fallback: "table", environment: "FRESHET_OUTPUT",
        "for people or for programs")
    package static let executeOption = CommandOption(
        "execute", .flag, "do it; without this, only say what would be done")
    package static let yesOption = CommandOption("yes", short: "y", .flag, "do it although nothing narrows it down")
    package static let helpOption = CommandOption("help", short: "h", .flag, "show this")
    package static let versionOption = CommandOption("version", .flag, "show the version")

    package var options: [CommandOption] {
        var result: [CommandOption] = []
        if contains(.config) { result.append(Self.configOption) }
        if contains(.output) { result.append(Self.outputOption) }
        if contains(.execute) { result.append(Self.executeOption) }
        if contains(.yes) { result.append(Self.yesOption) }
        return result
    }
}
