/// The environment over the file. Where two settings say the same thing in two ways (a secret and the file with it;
/// PostgreSQL's URL and its parts), the environment's way wins, and both ways in one layer are an error.
enum SettingsLayers {
    static let postgresParts = ["host", "port", "user", "database"].map { "postgres.\($0)" }

    static func merge(
        file: [String: GivenSettings.Given], environment: [String: GivenSettings.Given],
        problems: inout [ConfigProblem]
    ) -> [String: GivenSettings.Given] {
        var below = file
        for spec in SettingTable.all {
            guard let secret = spec.secretPath else { continue }
            for layer in [file, environment] {
                if layer[secret] != nil, let given = layer[spec.path] {
                    add(&problems, given, spec.path, "is set, and so is `\(secret)`")
                }
            }
            if environment[secret] != nil { below[spec.path] = nil }
        }
        if environment["postgres.url"] != nil { for path in postgresParts { below[path] = nil } }
        let merged = below.merging(environment) { _, variable in variable }
        if merged["postgres.url"] != nil {
            for path in postgresParts {
                if let given = merged[path] { add(&problems, given, path, "is set, and so is `postgres.url`") }
            }
        }
        return merged
    }

    private static func add(
        _ problems: inout [ConfigProblem], _ given: GivenSettings.Given, _ path: String, _ wrong: String
    ) {
        problems.append(
            ConfigProblem(
                file: given.place.file, line: given.place.line, setting: path, wrong: wrong,
                right: "keep one of the two"))
    }
}
