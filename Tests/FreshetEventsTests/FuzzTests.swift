import FreshetCore
import FreshetEvents
import Testing

/// Mutated records: 210,000 of them, always the same ones. Each must give one of the three answers, and the same one
/// when asked again after other records, whatever the decoder remembers. Keys and headers are mutated too.
@Suite struct FuzzTests {
    struct Seed: Sendable {
        var topic: Int
        var key: [UInt8]?
        var value: [UInt8]?
        var headers: [RecordHeader] = []
    }

    static let topics = [
        Sample.league(.reject),
        Sample.topic(
            .json, fields: Topic.Fields(kind: ["kind"], operation: ["op"], id: [["a"], ["b"]], transaction: ["tx"])),
        CloudEventsTests.topic, Sample.topic(.debezium, unknown: .reject),
        Sample.topic(.debezium, kind: "match", fields: Topic.Fields(id: [["after", "id"]], version: ["version"])),
    ]
    static let edges = [
        Sample.edge("match", "team", ["data", "home"]), Sample.edge("match", "note", ["data", "tags"]),
        Sample.edge("match", "team", ["after", "home_team"]), Sample.edge("stock", "item", ["item"]),
    ]

    static func seeds() throws -> [Seed] {
        let plain = [
            PlainEventsTests.event,
            #"{"type":"match.deleted","entity":"7","data":{"home":[1,2,null],"tags":["a","b\u0063😀"]}}"#,
            #"{"type":"team.updated","entity":-9223372036854775808,"x":[[{"y":1.5e-7}],true,false,null]}"#,
        ]
        let other = [
            #"{"kind":"stock","a":360,"b":"w/1","op":"c","tx":"739:1","item":"0189d3f2-1c2b-7def-8123-456789abcdef"}"#,
            #"{"kind":"note","a":"a\ud83d\ude00\n☃","op":"deleted","tx":18446744073709551615}"#,
        ]
        let headers = CloudEventsTests.headers.map { RecordHeader(name: $0.0, value: Array($0.1.utf8)) }
        var seeds = plain.map { Seed(topic: 0, key: Array("match:7".utf8), value: Array($0.utf8)) }
        seeds += other.map { Seed(topic: 1, key: Array("stock:360:w%2F1".utf8), value: Array($0.utf8)) }
        seeds.append(Seed(topic: 2, value: Array(CloudEventsTests.structured.utf8)))
        seeds.append(Seed(topic: 2, value: Array(#"{"id":4711,"version":18}"#.utf8), headers: headers))
        seeds.append(Seed(topic: 0, key: Array("match:7".utf8), value: nil))
        seeds.append(Seed(topic: 3, key: Array(#"{"schema":{},"payload":{"id":12}}"#.utf8), value: nil))
        for record in try CapturedRecord.all("debezium-json.jsonl") {
            seeds.append(
                Seed(topic: 3, key: record.key.map { Array($0.utf8) }, value: record.value.map { Array($0.utf8) }))
        }
        for record in try CapturedRecord.all("debezium-json-schema.jsonl") where record.topic.hasSuffix(".match") {
            seeds.append(
                Seed(topic: 4, key: record.key.map { Array($0.utf8) }, value: record.value.map { Array($0.utf8) }))
        }
        return seeds
    }

    /// A record that is compared with the shape of the one before is read like by a decoder that never saw one.
    @Test(arguments: 0..<4) func recordsAreReadAlikeWhateverCameBefore(_ part: Int) throws {
        let seeds = try Self.seeds()
        let graph = Sample.graph(Self.topics, edges: Self.edges)
        var mutator = Mutator(seed: UInt64(part) + 100)
        var changes = 0
        for _ in 0..<1_500 {
            let seed = seeds[mutator.below(seeds.count)]
            let used = EventDecoder(graph: graph)
            for _ in 0..<2 { _ = used.seen(seed.value, key: seed.key, headers: seed.headers, topic: seed.topic) }
            for _ in 0..<4 {
                var mutated = seed
                mutator.mutate(&mutated.value)
                let expected = EventDecoder(graph: graph).seen(
                    mutated.value, key: seed.key, headers: seed.headers, topic: seed.topic)
                #expect(
                    used.seen(mutated.value, key: seed.key, headers: seed.headers, topic: seed.topic) == expected,
                    "\(String(decoding: mutated.value ?? [], as: UTF8.self))")
                if expected.answer == "changes" { changes += 1 }
            }
        }
        #expect(changes > 500)
    }

    /// Values of every length and spelling, at every place where a record may end.
    @Test func shapesWithOtherValues() {
        let decoder = EventDecoder(
            graph: Sample.graph(
                Sample.topic(.json, kind: "match", fields: Topic.Fields(id: [["id"]], version: ["a", "v"]))))
        _ = decoder.seen(#"{"s":"text","a":{"v":1,"n":null},"id":5}"#)
        for length in 0..<40 {
            let text = String(repeating: "x", count: length)
            let seen = decoder.seen(#"{"s":"\#(text)","a":{"v":\#(length),"n":null},"id":\#(length * length)}"#)
            #expect(seen.change?.version == Int64(length) && seen.change?.entity.int == Int64(length * length))
        }
        let escaped = decoder.seen(#"{"s":"a\"b","a":{"v":2,"n":null},"id":5}"#)
        #expect(escaped.change?.version == 2)
        #expect(decoder.seen(#"{"s":"text","a":{"v":01,"n":null},"id":5}"#).answer == "malformed-json")
        #expect(decoder.seen(#"{"s":"text","a":{"v":1,"n":nul},"id":5}"#).answer == "malformed-json")
        #expect(decoder.seen(#"{"s":"text","a":{"v":1,"n":null},"id":5"#).answer == "malformed-json")
        #expect(decoder.seen(#"{"s":"text","a":{"v":1,"n":null},"id":5}}"#).answer == "malformed-json")
        #expect(decoder.seen(#"{"s":"text","a":{"v":1,"n":null},"id":5.5}"#).answer == "invalid-id")
        #expect(decoder.seen(#"{"s":"text","a":{"v":null,"n":null},"id":5}"#).change?.version == nil)
        #expect(decoder.seen(#"{"s":"text","a":{"n":null},"id":6}"#).change?.version == nil)
        #expect(decoder.seen(#"{"s":"text","a":{"v":7,"n":null},"id":-6}"#).change?.entity.int == -6)
    }

    @Test(arguments: 0..<6) func mutatedRecords(_ part: Int) throws {
        let seeds = try Self.seeds()
        let graph = Sample.graph(Self.topics, edges: Self.edges)
        let (used, fresh) = (EventDecoder(graph: graph), EventDecoder(graph: graph))
        var mutator = Mutator(seed: UInt64(part) + 1)
        var answers: [String: Int] = [:]
        for round in 0..<35_000 {
            var seed = seeds[mutator.below(seeds.count)]
            mutator.mutate(&seed.value)
            if mutator.below(4) == 0 { mutator.mutate(&seed.key) }
            if !seed.headers.isEmpty, mutator.below(2) == 0 {
                mutator.mutate(&seed.headers[mutator.below(seed.headers.count)].value)
            }
            // Any format may stand on any topic.
            if mutator.below(16) == 0 { seed.topic = mutator.below(Self.topics.count) }
            let seen = used.seen(seed.value, key: seed.key, headers: seed.headers, topic: seed.topic)
            answers[seen.answer, default: 0] += 1
            if seen.answer == "changes" {
                #expect(1...2 ~= seen.changes.count)
            } else {
                #expect(seen.changes.isEmpty && seen.targets.isEmpty && seen.message.utf8.count <= 500)
            }
            // The second decoder has seen only every eighth record.
            if round % 8 == 0 {
                #expect(fresh.seen(seed.value, key: seed.key, headers: seed.headers, topic: seed.topic) == seen)
            }
        }
        // The mutations must reach behind the syntax.
        for answer in [
            "changes", "ignored", "malformed-json", "invalid-id", "missing-field", "invalid-envelope", "wrong-type",
        ] {
            #expect(answers[answer, default: 0] > 20, "\(answer): \(answers)")
        }
    }

    /// Space between tokens and the order of fields change nothing.
    @Test func spaceAndOrderChangeNothing() throws {
        let graph = Sample.graph(Self.topics, edges: Self.edges)
        let decoder = EventDecoder(graph: graph)
        var mutator = Mutator(seed: 7)
        var count = 0
        for seed in try Self.seeds() {
            guard let value = seed.value, let json = JSONTree(value) else { continue }
            let seen = decoder.seen(value, key: seed.key, headers: seed.headers, topic: seed.topic)
            for _ in 0..<20 {
                let text = json.written(&mutator)
                let again = decoder.seen(text, key: seed.key, headers: seed.headers, topic: seed.topic)
                #expect(again == seen, "\(String(decoding: text, as: UTF8.self))")
                count += 1
            }
        }
        #expect(count > 900)
    }
}
