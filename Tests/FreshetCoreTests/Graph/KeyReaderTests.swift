import FreshetCore
import Testing

@Suite struct KeyReaderTests {
    private let graph = SampleGraph.graph

    private func entity(_ key: String) -> String? {
        var pool = TextPool()
        var reader = KeyReader(graph)
        guard let reading = reader.read(Array(key.utf8), pool: &pool) else { return nil }
        return EntityName.write(reading.entity, graph, pool: pool)
    }

    @Test(
        arguments: [
            ("v1:team:12", "team:12"), ("v1:team:-12", "team:-12"), ("v1:team:0", "team:0"),
            ("v1:player:01234567-89ab-cdef-fedc-ba9876543210", "player:01234567-89ab-cdef-fedc-ba9876543210"),
            ("v1:page:a%3ab", "page:a%3ab"), ("v1:page:é", "page:é"), ("v1:stock:5:-7", "stock:5:-7"),
            (
                "v1:label:de:01234567-89ab-cdef-fedc-ba9876543210:%2a",
                "label:de:01234567-89ab-cdef-fedc-ba9876543210:%2a"
            ),
            ("v1:pair:%3a:%25", "pair:%3a:%25"),
        ])
    func aKeySaysWhoseItIs(_ key: String, _ name: String) {
        #expect(entity(key) == name)
    }

    /// Each is one that a person, another service or an older version may have written.
    @Test(
        arguments: [
            "v1:team:", "v1:team:012", "v1:team:-0", "v1:team:1x", "v1:team:12:", "v1:team:9223372036854775808",
            "v2:team:12", "team:12", "v1:teams:12", "v1:weather:12", "v1:stock:5", "v1:stock:5:7:9",
            "v1:player:01234567-89AB-cdef-fedc-ba9876543210", "v1:page:", "v1:page:a b", "v1:page:%", "v1:page:%3",
            "v1:page:%3A", "v1:page:%61", "v1:page:%0a", "v1:pair:a", "v1:pair:a:b:c", "v1:freshet", "",
        ])
    func whatTheWriterWouldNotWriteIsForeign(_ key: String) {
        #expect(entity(key) == nil)
    }

    @Test func bytesThatAreNoTextAreForeign() {
        var pool = TextPool()
        var reader = KeyReader(graph)
        #expect(reader.read(Array("v1:page:".utf8) + [0xFF, 0xC3], pool: &pool) == nil)
        #expect(reader.read(Array("v1:page:".utf8) + Array(repeating: 0x78, count: 243), pool: &pool) == nil)
    }

    /// A text is followed by a literal whose bytes the text could hold as well.
    @Test func aLiteralBehindATextIsFound() {
        let kind = SampleGraph.kind(
            "doc", [("name", .text), ("version", .bigint)],
            [.literal(Array("v1:doc:".utf8)), .part(0), .literal(Array(".v:".utf8)), .part(1)])
        var graph = SampleGraph.graph
        graph.kinds = [kind]
        var pool = TextPool()
        var reader = KeyReader(graph)
        let reading = reader.read(Array("v1:doc:a.v.v:7".utf8), pool: &pool)
        #expect(reading.map { EntityName.write($0.entity, graph, pool: pool) } == "doc:a.v:7")
    }

    @Test func onlyTheKindsAskedForAreRead() throws {
        var pool = TextPool()
        var reader = KeyReader(graph, kinds: [try #require(graph.kind(named: "team"))])
        #expect(reader.read(Array("v1:team:1".utf8), pool: &pool) != nil)
        #expect(reader.read(Array("v1:page:1".utf8), pool: &pool) == nil)
    }

    /// Whatever the writer writes, the reader reads back, and random damage never gives another spelling of a key.
    @Test func itIsTheInverseOfTheWriter() throws {
        var random = SplitMix(seed: 4)
        var pool = TextPool()
        var reader = KeyReader(graph)
        let pieces = [":", "%", "%3a", "*", "{", "a", "b", "1", "v1:", "-", "é", "日", " ", "."]
        var read = 0
        for _ in 0..<20_000 {
            let kind = KindIndex(Int.random(in: 0..<graph.kinds.count, using: &random))
            var parser = IDParser()
            parser.begin()
            for part in graph[kind].id {
                let text: String
                switch part.type {
                case .bigint:
                    text = "\(Int64(truncatingIfNeeded: random.next()) >> Int64.random(in: 0..<64, using: &random))"
                case .uuid:
                    var bytes: [UInt8] = []
                    KeyText.appendUUID(high: random.next(), low: random.next(), into: &bytes)
                    text = String(decoding: bytes, as: UTF8.self)
                case .text:
                    text = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                        pieces.randomElement(using: &random) ?? ""
                    }
                    .joined()
                }
                try Array(text.utf8).withUnsafeBytes { try parser.add(graph, kind, $0) }
            }
            let entity = try parser.finish(graph, kind, pool: &pool)
            guard var key = SampleGraph.key(entity, pool: pool).map({ Array($0.utf8) }) else { continue }
            let reading = reader.read(key, pool: &pool)
            #expect(reading == KeyReading(entity: entity, template: 0), "\(String(decoding: key, as: UTF8.self))")
            read += 1
            key[Int.random(in: 0..<key.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            if let other = reader.read(key, pool: &pool) {
                #expect(SampleGraph.key(other.entity, pool: pool).map { Array($0.utf8) } == key)
            }
        }
        #expect(read > 15_000)
    }
}
