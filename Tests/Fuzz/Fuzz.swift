import FreshetCore
import FreshetEvents

/// One decoder for the whole run, as a lane has it: what it remembers of earlier records must never matter.
private final class Target {
    let decoder: EventDecoder
    let fresh: EventDecoder
    let topics: Int
    var runs = 0

    init() {
        func kind(_ name: String, _ id: [(String, IDType)]) -> Kind {
            Kind(
                name: name, id: id.map { Kind.IDPart(name: $0.0, type: $0.1) }, keys: [], onChange: .refresh,
                onReach: .invalidate, hasVersion: false, gate: nil, secondSweep: nil, edges: [], fingerprint: "")
        }
        func topic(_ format: Topic.Format, _ types: [String: Topic.Meaning], _ fields: Topic.Fields) -> Topic {
            Topic(
                name: "t", format: format, events: .afterCommit, unknown: .reject, types: types, kind: nil,
                fields: fields,
                maxRecordSize: 1 << 20)
        }
        func edge(_ from: Int, _ to: Int, _ path: [String]) -> Edge {
            Edge(
                name: "e", from: KindIndex(from), to: KindIndex(to), resolution: .field(path), stops: false,
                remembers: false,
                isProjected: false)
        }
        let types = ["match.updated": Topic.Meaning(kind: KindIndex(0), operation: .upsert)]
        let fields = Topic.Fields(
            kind: ["kind"], operation: ["op"], id: [["id"], ["b"]], version: ["version"], time: ["time"],
            transaction: ["tx"], traceparent: ["traceparent"])
        let topics = [
            topic(.json, [:], fields), topic(.json, types, Topic.Fields(type: ["type"], id: [["data", "id"]])),
            topic(.cloudEvents, types, Topic.Fields(id: [["data", "id"]])), topic(.debezium, [:], Topic.Fields()),
        ]
        let graph = Graph(
            namespace: Graph.Namespace(), bounds: Graph.Bounds(),
            kinds: [
                kind("match", [("id", .bigint)]), kind("item", [("id", .uuid)]), kind("note", [("id", .text)]),
                kind("stock", [("product_id", .bigint), ("warehouse_id", .text)]),
            ],
            edges: [edge(0, 2, ["tags"]), edge(1, 0, ["after", "match"])], topics: topics, statements: [])
        decoder = EventDecoder(graph: graph)
        fresh = EventDecoder(graph: graph)
        self.topics = topics.count
    }

    /// The first byte chooses topic and mode; what follows is the value, behind a zero byte the key.
    func run(_ bytes: UnsafeRawBufferPointer) {
        guard let choice = bytes.first else { return }
        var rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        var key: UnsafeRawBufferPointer?
        if choice & 0x40 != 0, let zero = rest.firstIndex(of: 0) {
            key = UnsafeRawBufferPointer(rebasing: rest[(zero + 1)...])
            rest = UnsafeRawBufferPointer(rebasing: rest[..<zero])
        }
        let isTombstone = choice & 0x80 != 0
        let record = RecordBatch.Record(
            assignment: RecordBatch.Assignment(slot: 0, epoch: 1), offset: 0, timestamp: -1,
            key: isTombstone ? rest : key,
            value: isTombstone ? nil : rest, handle: 0)
        let headers =
            choice & 0x20 == 0
            ? []
            : ["ce_specversion", "ce_id", "ce_source", "ce_type"].map {
                RecordHeader(name: $0, value: Array(($0 == "ce_type" ? "match.updated" : "1.0").utf8))
            }
        let batch = RecordBatch(records: [record], headers: { _ in headers }, release: {})
        let answer = decode(decoder, batch, Int(choice & 3) % topics)
        runs += 1
        if runs % 8 == 0 {
            precondition(
                answer == decode(fresh, batch, Int(choice & 3) % topics), "the answer depends on earlier records")
        }
    }

    private func decode(_ decoder: EventDecoder, _ batch: RecordBatch, _ topic: Int) -> String {
        var buffer = ChangeBuffer()
        switch decoder.decode(batch, 0, topic: topic, into: &buffer) {
        case .changes: return "\(buffer.changes) \(buffer.targets)"
        case .ignored: return "ignored"
        case .rejected(let rejection):
            precondition(buffer.changes.isEmpty && rejection.message.utf8.count <= 500)
            return rejection.message
        }
    }
}

// libFuzzer calls from its one thread.
nonisolated(unsafe) private let target = Target()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    target.run(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
}
