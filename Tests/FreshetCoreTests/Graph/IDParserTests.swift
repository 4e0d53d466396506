import FreshetCore
import Testing

@Suite struct IDParserTests {
    private let graph = SampleGraph.graph

    private func parse(_ kind: String, _ text: String, _ pool: inout TextPool) throws -> EntityRef {
        let kind = try #require(graph.kind(named: kind))
        return try Array(text.utf8).withUnsafeBytes { try IDParser().entity(graph, kind, $0, pool: &pool) }
    }

    @Test func oneOfEachType() throws {
        var pool = TextPool()
        #expect(try parse("team", "12", &pool) == EntityRef(kind: KindIndex(0), int: 12))
        let player = try parse("player", "00000000-0000-0001-0000-000000000002", &pool)
        #expect(player == EntityRef(kind: KindIndex(1), high: 1, low: 2))
        let page = try parse("page", "a:b", &pool)
        #expect(pool[page.low].elementsEqual("a:b".utf8))
        #expect(try parse("page", "a:b", &pool) == page)
    }

    @Test(arguments: [
        ("team", "x", "`id` of kind team: \"x\" is no canonical 64-bit integer"),
        ("player", "7", "`id` of kind player: \"7\" is no UUID of the form 8-4-4-4-12"),
        ("page", "", "`slug` of kind page: \"\" is empty"),
        ("page", "a\u{1F}b", "`slug` of kind page: \"a\u{FFFD}b\" contains a control character"),
    ])
    func rejections(_ kind: String, _ text: String, _ message: String) {
        var pool = TextPool()
        #expect(throws: Rejection(.invalidID, message)) { try parse(kind, text, &pool) }
    }

    @Test func aCompositeIDJoinsCanonicalParts() throws {
        var pool = TextPool()
        var parser = IDParser()
        let kind = try #require(graph.kind(named: "label"))
        parser.begin()
        for part in ["en", "0A000000-0000-0001-0000-000000000002", "x:y"] {
            try Array(part.utf8).withUnsafeBytes { try parser.add(graph, kind, $0) }
        }
        let entity = try parser.finish(graph, kind, pool: &pool)
        #expect(pool[entity.low].elementsEqual("en\u{1F}0a000000-0000-0001-0000-000000000002\u{1F}x:y".utf8))
        #expect(SampleGraph.key(entity, pool: pool) == "v1:label:en:0a000000-0000-0001-0000-000000000002:x%3ay")
    }

    @Test func tooFewAndTooManyParts() throws {
        var pool = TextPool()
        var parser = IDParser()
        let kind = try #require(graph.kind(named: "stock"))
        parser.begin()
        try Array("5".utf8).withUnsafeBytes { try parser.add(graph, kind, $0) }
        #expect(throws: Rejection(.invalidID, "the id has 1 of the 2 parts of kind stock")) {
            try parser.finish(graph, kind, pool: &pool)
        }
        try Array("6".utf8).withUnsafeBytes { try parser.add(graph, kind, $0) }
        #expect(throws: Rejection(.invalidID, "the id has more than the 2 parts of kind stock")) {
            try Array("7".utf8).withUnsafeBytes { try parser.add(graph, kind, $0) }
        }
    }
}
