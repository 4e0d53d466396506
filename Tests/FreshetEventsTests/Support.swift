import Foundation
import FreshetCore
import FreshetEvents
import Testing

/// Kinds of every id type, and edges by field: what the decoder needs of a graph.
enum Sample {
    static let kinds = ["team", "match", "item", "note", "stock", "priced", "account"]

    static func kind(_ name: String) -> KindIndex { KindIndex(kinds.firstIndex(of: name) ?? 999) }

    static func graph(_ topic: Topic, edges: [Edge]? = nil) -> Graph { graph([topic], edges: edges) }

    static func graph(_ topics: [Topic], edges: [Edge]? = nil) -> Graph {
        func kind(_ name: String, _ id: [(String, IDType)]) -> Kind {
            Kind(
                name: name, id: id.map { Kind.IDPart(name: $0.0, type: $0.1) }, keys: [], onChange: .refresh,
                onReach: .invalidate, hasVersion: false, gate: nil, secondSweep: nil, edges: [], fingerprint: "")
        }
        return Graph(
            namespace: Graph.Namespace(), bounds: Graph.Bounds(),
            kinds: [
                kind("team", [("id", .bigint)]), kind("match", [("id", .bigint)]), kind("item", [("id", .uuid)]),
                kind("note", [("id", .text)]), kind("stock", [("product_id", .bigint), ("warehouse_id", .text)]),
                kind("priced", [("id", .bigint)]), kind("account", [("id", .bigint)]),
            ],
            edges: edges ?? [], topics: topics, statements: [])
    }

    static func topic(
        _ format: Topic.Format, unknown: Topic.Unknown = .ignore, types: [String: Topic.Meaning] = [:],
        kind: String? = nil, fields: Topic.Fields = Topic.Fields(), name: String = "changes",
        maxRecordSize: Int = 1 << 20
    ) -> Topic {
        Topic(
            name: name, format: format, events: .afterCommit, unknown: unknown, types: types,
            kind: kind.map(Self.kind), fields: fields, maxRecordSize: maxRecordSize)
    }

    static func edge(_ from: String, _ to: String, _ path: [String]) -> Edge {
        Edge(
            name: "\(from) → \(to)", from: kind(from), to: kind(to), resolution: .field(path), stops: false,
            remembers: false,
            isProjected: false)
    }

    /// The sample league's topic, as its graph declares it.
    static func league(_ unknown: Topic.Unknown = .ignore) -> Topic {
        topic(
            .json, unknown: unknown,
            types: [
                "match.updated": Topic.Meaning(kind: kind("match"), operation: .upsert),
                "match.deleted": Topic.Meaning(kind: kind("match"), operation: .delete),
                "team.updated": Topic.Meaning(kind: kind("team"), operation: .upsert),
            ],
            fields: Topic.Fields(
                type: ["type"], id: [["entity"]], version: ["version"], time: ["occurredAt"],
                traceparent: ["traceparent"]))
    }
}

/// What one record gave.
struct Seen: Equatable {
    var answer: String
    var message = ""
    var changes: [Change] = []
    var targets: [ChangeBuffer.Target] = []
    var pool: [String] = []
    var traceparent = ""

    var change: Change? { changes.count == 1 ? changes[0] : nil }
    func text(_ entity: EntityRef) -> String { entity.low < pool.count ? pool[Int(entity.low)] : "?" }
}

extension EventDecoder {
    func seen(
        _ value: [UInt8]?, key: [UInt8]? = nil, headers: [RecordHeader] = [], topic: Int = 0, offset: Int64 = 0
    ) -> Seen {
        // Copies of exactly the record's length: a read beyond the end is a read beyond an allocation.
        let value = value.map(Self.copy)
        let key = key.map(Self.copy)
        let record = RecordBatch.Record(
            assignment: RecordBatch.Assignment(slot: 0, epoch: 1), offset: offset, timestamp: -1,
            key: key.map { UnsafeRawBufferPointer($0) }, value: value.map { UnsafeRawBufferPointer($0) }, handle: 0)
        let batch = RecordBatch(
            records: [record], headers: { _ in headers },
            release: {
                key?.deallocate()
                value?.deallocate()
            })
        var buffer = ChangeBuffer()
        var seen: Seen
        switch decode(batch, 0, topic: topic, into: &buffer) {
        case .changes: seen = Seen(answer: "changes")
        case .ignored: seen = Seen(answer: "ignored")
        case .rejected(let rejection):
            seen = Seen(answer: rejection.reason.rawValue, message: rejection.message)
        }
        seen.changes = buffer.changes
        seen.targets = buffer.targets
        for index in 0..<buffer.pool.count {
            let text = String(decoding: buffer.pool[UInt64(index)], as: UTF8.self)
            seen.pool.append(text.replacing("\u{1F}", with: "|"))
        }
        seen.traceparent = String(decoding: buffer.traceparent, as: UTF8.self)
        return seen
    }

    func seen(_ value: String, key: String? = nil, headers: [(String, String)] = []) -> Seen {
        seen(
            Array(value.utf8), key: key.map { Array($0.utf8) },
            headers: headers.map { RecordHeader(name: $0.0, value: Array($0.1.utf8)) })
    }

    func tombstone(_ key: String?, headers: [(String, String)] = []) -> Seen {
        seen(
            nil, key: key.map { Array($0.utf8) },
            headers: headers.map { RecordHeader(name: $0.0, value: Array($0.1.utf8)) })
    }

    private static func copy(_ bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyBytes(from: bytes)
        return copy
    }
}

/// A record that the real Debezium 3.1 wrote.
struct CapturedRecord: Codable {
    var topic: String
    var key: String?
    var value: String?

    static func all(_ file: String) throws -> [CapturedRecord] {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(file)")
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
            .map { try JSONDecoder().decode(CapturedRecord.self, from: Data($0.utf8)) }
    }
}
