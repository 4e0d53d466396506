import FreshetCore
import Testing

@Suite struct KeyWriterTests {
    private let graph = SampleGraph.graph

    @Test(
        arguments: [
            (0, "0"), (7, "7"), (-7, "-7"), (10, "10"), (100, "100"), (999_999, "999999"), (1_000_000, "1000000"),
            (Int64.max, "9223372036854775807"), (Int64.min, "-9223372036854775808"),
        ] as [(Int64, String)])
    func decimal(_ value: Int64, _ text: String) {
        var bytes: [UInt8] = [0x78]
        KeyText.appendDecimal(value, into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "x" + text)
    }

    @Test func uuid() {
        var bytes: [UInt8] = []
        KeyText.appendUUID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210, into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "01234567-89ab-cdef-fedc-ba9876543210")
    }

    @Test func everyCharacterThatMeansSomethingElsewhereIsEscaped() {
        var bytes: [UInt8] = []
        Array("a:*?[]{}%/\\^ \"'é".utf8).withUnsafeBytes { KeyText.appendEscaped(part: 0, of: $0, into: &bytes) }
        #expect(String(decoding: bytes, as: UTF8.self) == "a%3a%2a%3f%5b%5d%7b%7d%25%2f%5c%5e%20%22%27é")
    }

    @Test func aKeyOverTheBoundIsRefused() throws {
        var pool = TextPool()
        let fits = try EntityName.parse("page:" + String(repeating: "x", count: 200), graph, pool: &pool)
        #expect(SampleGraph.key(fits, pool: pool)?.utf8.count == 208)
        // Escaped, 200 bytes take 600.
        let long = try EntityName.parse("page:" + String(repeating: "*", count: 200), graph, pool: &pool)
        #expect(SampleGraph.key(long, pool: pool) == nil)
    }

    /// Distinct entities of all kinds never give equal keys, whatever their ids hold.
    @Test func noIDSpellsAnotherEntitysKey() throws {
        var random = SplitMix(seed: 11)
        var pool = TextPool()
        var seen: [String: EntityRef] = [:]
        var repeated = 0
        for _ in 0..<60_000 {
            let entity = try randomEntity(&random, &pool)
            guard let key = SampleGraph.key(entity, pool: pool) else { continue }
            if let other = seen[key] {
                repeated += 1
                #expect(other == entity, "\(key) of two entities")
            }
            seen[key] = entity
        }
        // The test means something only if many keys differ and some come twice.
        #expect(seen.count > 20_000)
        #expect(repeated > 100)
    }

    private func randomEntity(_ random: inout SplitMix, _ pool: inout TextPool) throws -> EntityRef {
        let kind = KindIndex(Int.random(in: 0..<graph.kinds.count, using: &random))
        var parser = IDParser()
        parser.begin()
        for part in graph[kind].id {
            let text =
                switch part.type {
                case .bigint: randomBigint(&random)
                case .uuid: randomUUID(&random)
                case .text: randomText(&random)
                }
            try Array(text.utf8).withUnsafeBytes { try parser.add(graph, kind, $0) }
        }
        return try parser.finish(graph, kind, pool: &pool)
    }

    private func randomBigint(_ random: inout SplitMix) -> String {
        let bits = Int.random(in: 0..<64, using: &random)
        return "\(Int64(truncatingIfNeeded: random.next()) >> Int64(bits))"
    }

    private func randomUUID(_ random: inout SplitMix) -> String {
        var bytes: [UInt8] = []
        KeyText.appendUUID(high: random.next() & 0xFF, low: random.next() & 0x3, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Made of what keys are made of: separators, escapes, glob characters, pieces of other keys.
    private func randomText(_ random: inout SplitMix) -> String {
        let pieces = [
            ":", "%", "%3a", "%25", "*", "?", "[a]", "{", "}", "a", "b", "1", "v1:", "team:", "-", "\\", "^",
            " "
                + "", "é", "日",
            "0a000000-0000-0001-0000-000000000002", "/", ".", "\"", "'", "\u{A0}",
        ]
        let count = Int.random(in: 1...3, using: &random)
        return (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
    }
}
