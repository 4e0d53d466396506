/// Options that mean the same wherever they stand. A command names those that it takes.
struct CommonOptions: OptionSet, Sendable {
    let rawValue: Int

    static let config = CommonOptions(rawValue: 1)
    static let output = CommonOptions(rawValue: 2)
    /// `--execute`: without it a command says what it would do, and changes nothing.
    static let execute = CommonOptions(rawValue: 4)
    /// `--yes`: wanted as well where nothing narrows down what is changed.
    static let yes = CommonOptions(rawValue: 8)

    static let configOption = CommandOption(
        "config", short: "c", .text("FILE"), environment: "FRESHET_CONFIG", "settings and graph (YAML)")
    static let outputOption = CommandOption(
        "output", short: "o", .choice(["table", "json"]), fallback: "table", environment: "FRESHET_OUTPUT",
        "for people or for programs")
    static let executeOption = CommandOption("execute", .flag, "do it; without this, only say what would be done")
    static let yesOption = CommandOption("yes", short: "y", .flag, "do it although nothing narrows it down")
    static let helpOption = CommandOption("help", short: "h", .flag, "show this")
    static let versionOption = CommandOption("version", .flag, "show the version")

    var options: [CommandOption] {
        var result: [CommandOption] = []
        if contains(.config) { result.append(Self.configOption) }
        if contains(.output) { result.append(Self.outputOption) }
        if contains(.execute) { result.append(Self.executeOption) }
        if contains(.yes) { result.append(Self.yesOption) }
        return result
    }
}
