import Foundation
import FreshetCore
import FreshetEvents
import Testing

/// The JSON Schemas of the sample league's events against the samples, and the samples against the decoder.
@Suite struct EventSchemaTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "schemas/events")
    static let formats = ["json", "cloudevents-structured", "cloudevents-binary", "debezium"]

    static func object(_ url: URL) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    }

    static func schema(_ format: String) throws -> JSONSchema {
        JSONSchema(root: try object(folder.appending(path: "\(format).schema.json")))
    }

    static func samples(_ format: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: "samples"), includingPropertiesForKeys: nil
        )
        .filter { $0.lastPathComponent.hasPrefix("\(format).") }.sorted { $0.path < $1.path }
    }

    @Test(arguments: formats) func samplesFollowTheirSchema(_ format: String) throws {
        let schema = try Self.schema(format)
        let samples = try Self.samples(format)
        #expect(!samples.isEmpty)
        for sample in samples {
            #expect(schema.complaints(try Self.object(sample)) == [], "\(sample.lastPathComponent)")
        }
    }

    @Test func everySampleHasASchema() throws {
        let all = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: "samples").path)
        #expect(Set(all.map { String($0.prefix { $0 != "." }) }) == Set(Self.formats))
    }

    @Test func schemasRefuseWhatTheDecoderRefuses() throws {
        let plain = try Self.schema("json")
        var event = try Self.object(Self.folder.appending(path: "samples/json.match-updated.json"))
        event["entity"] = "4711x"
        #expect(plain.complaints(event).contains("$.entity: type"))
        event["entity"] = 4711
        event["type"] = "referee.updated"
        #expect(plain.complaints(event).contains("$.type: enum"))
        event["type"] = "match.updated"
        event["season"] = nil
        #expect(plain.complaints(event) == ["$: oneOf"])
        let capture = try Self.schema("debezium")
        var row = try Self.object(Self.folder.appending(path: "samples/debezium.updated.json"))
        row["after"] = NSNull()
        #expect(capture.complaints(row) == ["$: anyOf"])
    }

    @Test(arguments: formats) func theDecoderReadsTheSamples(_ format: String) throws {
        let types = Dictionary(
            uniqueKeysWithValues: ["match.updated", "match.deleted", "team.updated", "event.updated", "phase.updated"]
                .map {
                    // The test's graph has no rounds and phases; any kind with a bigint id will do.
                    let kind = $0.hasPrefix("match") ? "match" : "team"
                    return (
                        $0, Topic.Meaning(kind: Sample.kind(kind), operation: $0 == "match.deleted" ? .delete : .upsert)
                    )
                })
        let plain = Topic.Fields(
            type: ["type"], id: [["entity"]], version: ["version"], time: ["occurredAt"], traceparent: ["traceparent"])
        let topic =
            switch format {
            case "json": Sample.topic(.json, unknown: .reject, types: types, fields: plain)
            case "debezium": Sample.topic(.debezium, unknown: .reject, fields: Topic.Fields(version: ["version"]))
            default:
                Sample.topic(
                    .cloudEvents, unknown: .reject, types: types,
                    fields: Topic.Fields(id: [["data", "id"]], version: ["data", "version"]))
            }
        let decoder = EventDecoder(graph: Sample.graph(topic))
        for sample in try Self.samples(format) {
            let name = sample.lastPathComponent
            var value = Data(try Data(contentsOf: sample))
            var headers: [RecordHeader] = []
            if format == "cloudevents-binary" {
                let record = try Self.object(sample)
                value = try JSONSerialization.data(withJSONObject: try #require(record["value"]))
                headers = try #require(record["headers"] as? [String: String]).map {
                    RecordHeader(name: $0.key, value: Array($0.value.utf8))
                }
            }
            let seen = decoder.seen(Array(value), headers: headers)
            #expect(seen.answer == "changes", "\(name): \(seen.message)")
            let change = try #require(seen.change, "\(name)")
            #expect(change.eventTime > 1_716_000_000_000, "\(name)")
            if change.operation == .truncate { continue }
            if change.entity.kind == Sample.kind("match") { #expect(change.entity.int == 4711, "\(name)") }
            #expect((change.version != nil) == (name != "debezium.deleted.json"), "\(name)")
            #expect((change.operation == .delete) == name.contains("deleted"), "\(name)")
            #expect(seen.traceparent.isEmpty == (format == "debezium"), "\(name)")
        }
    }
}
