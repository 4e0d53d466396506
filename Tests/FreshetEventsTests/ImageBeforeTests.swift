import FreshetCore
import FreshetEvents
import Testing

/// Which captured events say for certain what their row was before.
@Suite struct ImageBeforeTests {
    /// One line per record of a table, in the file's order: `u 4711 certain`.
    private func story(_ file: String, _ table: String, version: [String]? = ["version"]) throws -> [String] {
        let topic = Sample.topic(
            .debezium, fields: Topic.Fields(version: version), name: "cdc.public.\(table)")
        let decoder = EventDecoder(graph: Sample.graph(topic, edges: DebeziumEventsTests.edges))
        let records = try CapturedRecord.all(file).filter { $0.topic.hasSuffix(".\(table)") }
        return try records.enumerated().map { index, record in
            let seen = decoder.seen(
                record.value.map { Array($0.utf8) }, key: record.key.map { Array($0.utf8) }, offset: Int64(index))
            let change = try #require(seen.change)
            let operation = record.value?.firstMatch(of: /"op":"(.)"/)?.output.1 ?? "tombstone"
            if change.operation == .truncate { return "\(operation)" }
            return "\(operation) \(change.entity.int)\(change.hasImageBefore ? " certain" : "")"
        }
    }

    /// Only a new row: the images of the others are missing or filled up, and a snapshot doesn't say what was missed.
    @Test(arguments: DebeziumEventsTests.files) func defaultReplicaIdentity(_ file: String) throws {
        #expect(
            try Set(story(file, "team")) == [
                "r 1", "c 12 certain", "u 12", "d 12", "tombstone 12", "c 13 certain", "d 13", "tombstone 13",
                "c 20 certain", "u 20", "t",
            ])
    }

    @Test(arguments: DebeziumEventsTests.files) func fullReplicaIdentity(_ file: String) throws {
        #expect(
            try Set(story(file, "match")) == [
                "r 7", "c 4711 certain", "u 4711 certain", "d 4711 certain", "tombstone 4711 certain",
                "c 4712 certain", "d 4712 certain", "tombstone 4712 certain", "t",
            ])
    }

    /// What proves an image is its version.
    @Test(arguments: [nil, ["source", "lsn"]]) func withoutAVersionNoImageIsCertain(
        _ version: [String]?
    ) throws {
        let certain = try story(DebeziumEventsTests.files[0], "match", version: version)
            .filter { $0.hasSuffix("certain") }
        #expect(Set(certain) == ["c 4711 certain", "c 4712 certain"])
    }

    /// 0 and 1 are also what Debezium fills a column with that it doesn't know.
    @Test(arguments: [("0", false), ("1", false), ("2", true), ("null", false), ("\"\"", false), ("\"7\"", false)])
    func aVersionThatMayBeFilling(_ version: String, _ isCertain: Bool) {
        let decoder = EventDecoder(
            graph: Sample.graph(Sample.topic(.debezium, kind: "team", fields: Topic.Fields(version: ["version"]))))
        for record in [
            #"{"op":"d","before":{"id":1,"version":\#(version)},"after":null}"#,
            #"{"op":"u","before":{"id":1,"version":\#(version)},"after":{"id":1,"version":9}}"#,
        ] {
            #expect(decoder.seen(record).change?.hasImageBefore == isCertain, "\(record)")
        }
    }

    /// An image whose parent can't be read names one parent too few.
    @Test func aTargetThatCanNotBeRead() {
        let decoder = EventDecoder(
            graph: Sample.graph(
                Sample.topic(.debezium, kind: "match", fields: Topic.Fields(version: ["version"])),
                edges: [Sample.edge("match", "team", ["home_team"])]))
        let whole = #"{"op":"u","before":{"id":1,"version":4,"home_team":2},"after":{"id":1,"home_team":3}}"#
        let broken = #"{"op":"u","before":{"id":1,"version":4,"home_team":"x"},"after":{"id":1,"home_team":3}}"#
        #expect(decoder.seen(whole).change?.hasImageBefore == true)
        #expect(decoder.seen(broken).change?.hasImageBefore == false)
    }

    /// A tombstone is certain only right behind its delete: after log compaction nothing else may be left.
    @Test(arguments: [
        (#"{"id":1}"#, Int64(8), true), (#"{"id":1}"#, 9, false), (#"{"id":2}"#, 8, false), (#"{"id":1}"#, 7, false),
    ])
    func aTombstoneBehindItsDelete(_ key: String, _ offset: Int64, _ isCertain: Bool) {
        let decoder = EventDecoder(
            graph: Sample.graph(Sample.topic(.debezium, kind: "team", fields: Topic.Fields(version: ["version"]))))
        let delete = #"{"op":"d","before":{"id":1,"version":5},"after":null}"#
        _ = decoder.seen(Array(delete.utf8), key: Array(#"{"id":1}"#.utf8), offset: 7)
        let tombstone = decoder.seen(nil, key: Array(key.utf8), offset: offset)
        #expect(tombstone.change?.operation == .delete)
        #expect(tombstone.change?.hasImageBefore == isCertain)
    }

    @Test func aTraceparentInAColumnIsCarried() {
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let decoder = EventDecoder(
            graph: Sample.graph(Sample.topic(.debezium, kind: "team", fields: Topic.Fields(traceparent: ["trace"]))))
        let seen = decoder.seen(#"{"op":"c","after":{"id":1,"trace":"\#(trace)"},"source":{"ts_ms":1700000000000}}"#)
        #expect(seen.traceparent == trace)
        #expect(seen.change?.eventTime == 1_700_000_000_000)
    }
}
