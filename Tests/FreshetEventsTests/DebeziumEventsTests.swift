import FreshetCore
import FreshetEvents
import Testing

/// Records that the real Debezium 3.1 wrote, with and without their schema part: both must read the same.
@Suite struct DebeziumEventsTests {
    static let files = ["debezium-json.jsonl", "debezium-json-schema.jsonl"]
    static let edges = [
        Sample.edge("match", "team", ["home_team"]), Sample.edge("match", "team", ["after", "away_team"]),
    ]

    /// One line per record of a table: `upsert 12 v1`.
    static func story(_ file: String, _ table: String) throws -> [String] {
        let topic = Sample.topic(
            .debezium, fields: Topic.Fields(version: table == "team" || table == "match" ? ["version"] : nil),
            name: "cdc.public.\(table)")
        let decoder = EventDecoder(graph: Sample.graph(topic, edges: edges))
        return try CapturedRecord.all(file).filter { $0.topic.hasSuffix(".\(table)") }.map { record in
            let seen = decoder.seen(record.value.map { Array($0.utf8) }, key: record.key.map { Array($0.utf8) })
            guard let change = seen.change else { return seen.answer }
            #expect(change.entity.kind == Sample.kind(table))
            #expect((change.transaction != nil && change.eventTime > 1_795_253_000_000) == (record.value != nil))
            var line = "\(change.operation)"
            if change.operation != .truncate { line += " " + id(seen, change.entity) }
            if let version = change.version { line += " v\(version)" }
            if !change.targets.isEmpty {
                line += " → " + seen.targets.map { "\($0.edge):\($0.entity.int)" }.joined(separator: " ")
            }
            return line
        }.sorted()
    }

    private static func id(_ seen: Seen, _ entity: EntityRef) -> String {
        switch Sample.kinds[Int(entity.kind.value)] {
        case "note", "stock": seen.text(entity)
        case "item": "\(String(entity.high, radix: 16)) \(String(entity.low, radix: 16))"
        default: "\(entity.int)"
        }
    }

    @Test(arguments: files) func defaultReplicaIdentity(_ file: String) throws {
        // A row whose key changed is a delete, a tombstone and a create; the delete's images are filled with zeros.
        #expect(
            try Self.story(file, "team") == [
                "delete 12", "delete 12", "delete 13", "delete 13", "truncate", "upsert 1 v3", "upsert 12 v1",
                "upsert 12 v2",
                "upsert 13 v3", "upsert 20 v1", "upsert 20 v2",
            ])
    }

    @Test(arguments: files) func fullReplicaIdentityNamesTheTargetsOfBothImages(_ file: String) throws {
        #expect(
            try Self.story(file, "match") == [
                "delete 4711", "delete 4711 → 0:12 1:14", "delete 4712", "delete 4712 → 0:12 1:14", "truncate",
                "upsert 4711 v18 → 0:12 1:13", "upsert 4711 v19 → 0:12 1:14 1:13", "upsert 4712 v20 → 0:12 1:14",
                "upsert 7 v1 → 0:1 1:2",
            ])
    }

    @Test(arguments: files) func otherKeys(_ file: String) throws {
        let item = "189d3f21c2b7def 8123456789abcdef"
        #expect(
            try Self.story(file, "item") == ["delete \(item)", "delete \(item)", "upsert \(item)", "upsert \(item)"])
        let note = #"a:b%*"q"\z ☃"#
        #expect(
            try Self.story(file, "note") == ["delete \(note)", "delete \(note)", "upsert \(note)", "upsert \(note)"])
        #expect(
            try Self.story(file, "stock") == [
                "delete 360|w/1", "delete 360|w/1", "truncate", "upsert 360|w/1", "upsert 360|w/1",
            ])
        // Numerics come in base64, or as an object: refused, and the message says how to set Debezium.
        #expect(try Self.story(file, "priced") == ["invalid-id", "invalid-id", "invalid-id"])
        #expect(try Self.story(file, "account") == ["invalid-id", "invalid-id", "invalid-id"])
    }

    @Test(arguments: files) func whatSaysNothingAboutARowIsIgnored(_ file: String) throws {
        let decoder = EventDecoder(graph: Sample.graph(Sample.topic(.debezium, unknown: .reject, kind: "team")))
        var answers: [String: Set<String>] = [:]
        for record in try CapturedRecord.all(file) where !record.topic.hasPrefix("cdc.public.") {
            let seen = decoder.seen(record.value.map { Array($0.utf8) }, key: record.key.map { Array($0.utf8) })
            answers[record.topic, default: []].insert(seen.answer)
        }
        #expect(
            answers == [
                "cdc.transaction": ["ignored"], "cdc.message": ["ignored"], "__debezium-heartbeat.cdc": ["ignored"],
            ])
    }

    @Test func envelopesThatAreNone() {
        let decoder = EventDecoder(graph: Sample.graph(Sample.topic(.debezium, unknown: .reject)))
        #expect(decoder.seen(#"{"id":12,"ts_ms":5,"status":"x"}"#).answer == "invalid-envelope")
        #expect(decoder.seen(#"{"op":"x","after":{"id":1},"source":{"table":"team"}}"#).answer == "unknown-operation")
        #expect(decoder.seen(#"{"op":"c","after":null,"source":{"table":"team"}}"#).answer == "invalid-envelope")
        #expect(decoder.seen(#"{"op":"c","after":{"id":1},"source":{"table":"referee"}}"#).answer == "unknown-kind")
        #expect(decoder.seen(#"{"op":"c","after":{"id":1}}"#).answer == "missing-field")
        #expect(decoder.seen(#"{"op":"d","before":null,"source":{"table":"team"}}"#).answer == "invalid-envelope")
        let byKey = decoder.seen(#"{"op":"d","before":null,"source":{"table":"team"}}"#, key: #"{"id":3}"#)
        #expect(byKey.change?.entity == EntityRef(kind: Sample.kind("team"), int: 3))
        let single = EventDecoder(graph: Sample.graph(Sample.topic(.debezium, kind: "team")))
        #expect(single.seen(#"{"op":"d","before":null}"#, key: #"{"id":3}"#).change?.entity.int == 3)
    }

    @Test func aRowThatChangedItsIdIsTwoChanges() {
        let decoder = EventDecoder(
            graph: Sample.graph(Sample.topic(.debezium, kind: "team", fields: Topic.Fields(version: ["version"]))))
        let seen = decoder.seen(
            #"{"op":"u","before":{"id":1,"version":4},"after":{"id":2,"version":5},"source":{"txId":9}}"#)
        #expect(seen.changes.map(\.operation) == [.delete, .upsert])
        #expect(seen.changes.map(\.entity.int) == [1, 2])
        #expect(seen.changes.map(\.version) == [nil, 5])
        #expect(seen.changes.map(\.transaction) == [9, 9])
    }
}
