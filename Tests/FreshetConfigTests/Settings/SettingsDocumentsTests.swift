import Foundation
import FreshetConfig
import Testing

/// What is written about the settings agrees with them.
@Suite struct SettingsDocumentsTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let league = [
        "deployment": "league", "graph": "league.yaml", "kafka.bootstrap": "127.0.0.1:9092",
        "postgres.user": "league", "postgres.database": "league",
    ]

    /// Compares, or writes where it is asked to.
    private func agrees(_ path: String, _ expected: String) throws {
        let url = Self.root.appending(path: path)
        if ProcessInfo.processInfo.environment["FRESHET_TEST_REWRITE"] != nil {
            try Data(expected.utf8).write(to: url)
        }
        let actual = try String(contentsOf: url, encoding: .utf8)
        let hint: Comment = "\(path) is old: FRESHET_TEST_REWRITE=1 swift test --filter SettingsDocuments"
        #expect(actual == expected, hint)
    }

    @Test func theExample() throws { try agrees("schemas/freshet.yaml", SettingsDocuments.example(Self.league)) }

    @Test func theSchema() throws { try agrees("schemas/config.schema.json", SettingsSchema.render()) }

    @Test func theTableOfTheDocumentation() throws {
        let path = "Sources/freshet/freshet.docc/Configuration.md"
        let text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
        let head = try #require(text.range(of: "## All settings\n\n")).upperBound
        try agrees(path, text[..<head] + SettingsDocuments.markdown())
    }

    @Test func theExampleHoldsAsItStands() throws {
        let file = Self.root.appending(path: "schemas/freshet.yaml").path
        let config = try ConfigLoader.load(file: file, environment: [:]).get()
        #expect(config.settings.deployment == "league")
        #expect(config.settings.graph == Self.root.appending(path: "schemas/league.yaml").path)
        #expect(FileManager.default.fileExists(atPath: config.settings.graph))
        #expect(config.effective.rows.filter { $0.origin != "default" }.count == Self.league.count)
    }

    /// Each value behind a `#` is one that its setting takes.
    @Test func theExampleHoldsUncommented() throws {
        var text = SettingsDocuments.example(Self.league)
        let alternatives = ["(required)", "(as ", "postgresql://", "#password: ", "#instance-id"]
        text = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let bare = line.drop { $0 == " " }
            guard bare.hasPrefix("#"), !bare.hasPrefix("# "), !alternatives.contains(where: { bare.contains($0) })
            else {
                return String(line)
            }
            return String(line.prefix(line.count - bare.count) + bare.dropFirst())
        }.joined(separator: "\n")
        let problems = ConfigLoaderTests.problems(text).split(separator: "\n").filter {
            // These need what the machine doesn't have, or a `sasl_…` protocol.
            !$0.contains("can't be read") && !$0.contains("has no effect with the protocol")
        }
        #expect(problems.filter { $0 != "none" } == [])
    }

    @Test func everySettingHasItsOwnVariable() {
        let variables = SettingTable.all.map(\.variable)
        #expect(Set(variables).count == variables.count)
        #expect(SettingTable.byPath.count == SettingTable.all.count)
        #expect(SettingTable.sections.isDisjoint(with: SettingTable.byPath.keys))
        #expect(SettingTable.byPath["redis.connect-timeout"]?.variable == "FRESHET_REDIS_CONNECT_TIMEOUT")
        let taken = variables.filter { name in
            SettingTable.otherVariables.contains { $0.hasSuffix("_") ? name.hasPrefix($0) : name == $0 }
        }
        #expect(taken == [])
    }
}
