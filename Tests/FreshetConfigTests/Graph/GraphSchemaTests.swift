import Foundation
import FreshetConfig
import Testing

@Suite struct GraphSchemaTests {
    private static var schema: GraphSchema? {
        let file = LeagueGraphTests.schemas.appendingPathComponent("graph.schema.json")
        guard let data = try? Data(contentsOf: file),
            let root = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else { return nil }
        return GraphSchema(root: root)
    }

    private func complaints(_ text: String) throws -> [String] {
        let node = try YAMLReader.read(Array(text.utf8), file: "g.yaml").get()
        return try #require(Self.schema).complaints(node)
    }

    @Test func theSamplesAreValid() throws {
        #expect(try complaints(GraphText.sound) == [])
        for name in ["league.yaml", "league-capture.yaml"] {
            let league = LeagueGraphTests.schemas.appendingPathComponent(name)
            #expect(try complaints(try String(contentsOf: league, encoding: .utf8)) == [], "\(name)")
        }
    }

    @Test func theDocumentsExampleCompiles() throws {
        let file = LeagueGraphTests.schemas.deletingLastPathComponent()
            .appendingPathComponent("Sources/freshet/freshet.docc/Graph.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let example = try #require(text.firstMatch(of: /(?s)```yaml\n(.*?)```/)).output.1
        #expect(try complaints(String(example)) == [])
        #expect(try GraphText.compile(String(example)).graph.edges[0].remembers)
    }

    @Test(arguments: [
        ("freshet: 1\n", "freshet: 2\n", ["$.freshet: enum"]),
        ("freshet: 1\n", "", ["$: required"]),
        ("kinds:\n", "knids:\n", ["$: unknown knids", "$: required"]),
        ("id: bigint\n", "id: int\n", ["$.kinds.a.id: oneOf"]),
        ("ttl: 30d", "ttl: 30", ["$.kinds.a.keys[0].ttl: pattern"]),
        ("version: true", "version: 7", ["$.kinds.a.version: type"]),
        ("format: json", "format: xml", ["$.topics.t.format: enum"]),
        ("    to: b\n", "", ["$.edges[0]: oneOf"]),
        ("    to: b\n", "    to: b\n    all: true\n", ["$.edges[0]: oneOf"]),
        ("product_id: bigint, name: text", "doc: text", ["$.kinds.b.id: oneOf"]),
    ])
    func whatTheReaderRefusesTheSchemaRefuses(_ old: String, _ new: String, _ expected: [String]) throws {
        let text = GraphText.sound.replacingOccurrences(of: old, with: new)
        #expect(text != GraphText.sound)
        #expect(try complaints(text) == expected)
        #expect(!GraphText.problems(text).isEmpty)
    }

    /// Each setting of the schema is one that the reader knows.
    @Test func theReaderKnowsEverySetting() throws {
        let root = try #require(Self.schema).root
        let definitions = try #require(root["$defs"] as? [String: [String: Any]])
        func settings(_ name: String) -> [String] {
            ((definitions[name]?["properties"] as? [String: Any]) ?? [:]).keys.sorted()
        }
        #expect(settings("edge").count == 14 && settings("kind").count == 10 && settings("key").count == 6)
        for (place, names) in [
            ("    id: bigint\n", settings("kind")), ("    to: b\n", settings("edge")),
            ("    kind: a\n", settings("topic")),
        ] {
            for name in names {
                let problems = GraphText.problems(replacing: place, with: "\(place)    \(name): x\n")
                #expect(!problems.contains { $0.contains("\(name): there is no such setting") }, "\(name)")
            }
        }
    }
}
