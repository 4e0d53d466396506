import FreshetCore

/// Debezium's envelope, bare or beside its schema (`{"schema": …, "payload": …}`).
///
/// Paths name columns: `id`, `after.id` and `before.id` are the same column. Paths that begin with `source`,
/// `transaction` or `ts_…` run from the top of the envelope. Without a mapped kind the table's name is the kind's.
final class DebeziumEvents: EventFormat {
    private let mapping: EventMapping
    private let reader: FieldReader
    private let keys: Tombstones
    private let slots: Slots
    private var imageBefore = ImageBefore()

    /// Where the envelope's own fields are captured.
    private struct Slots {
        var root = 0
        var operation = 0
        var after = 0
        var before = 0
        /// The envelope where it stands beside its schema.
        var payload = 0
        /// Of the record itself, where the source gives no time.
        var time = 0
        /// Transaction marks have both of the first pair, schema changes both of the second.
        var marks: [(Int, Int)] = []
        /// Per kind, one per part of its id.
        var afterID: [[Int]] = []
        var beforeID: [[Int]] = []
        /// The before-image's side of `EventMapping.Slots.edges`.
        var beforeEdges: [Int] = []
        /// The before-image's side of `EventMapping.Slots.version`; nil where that is no column.
        var beforeVersion: Int?
    }

    init(graph: Graph, topic: Topic) {
        var topic = topic
        topic.fields.operation = nil
        if topic.kind == nil, topic.types.isEmpty, topic.fields.kind == nil { topic.fields.kind = ["source", "table"] }
        var draft = FieldDraft()
        let fields = topic.fields
        var plain = EventMapping.Slots(Topic.Fields(), graph, in: &draft)
        if let path = fields.type { plain.type = draft.capture(Self.path(path, "after")) }
        if let path = fields.kind { plain.kind = draft.capture(Self.path(path, "after")) }
        if let path = fields.version { plain.version = draft.capture(Self.path(path, "after")) }
        if let path = fields.traceparent { plain.traceparent = draft.capture(Self.path(path, "after")) }
        plain.time = draft.capture(fields.time.map { Self.path($0, "after") } ?? ["source", "ts_ms"])
        plain.transaction = draft.capture(fields.transaction.map { Self.path($0, "after") } ?? ["source", "txId"])
        plain.edges = EventMapping.fieldEdges(graph) { draft.capture(Self.path($0, "after")) }
        var slots = Slots()
        slots.root = draft.reserve()
        slots.operation = draft.capture(["op"])
        slots.after = draft.capture(["after"])
        slots.before = draft.capture(["before"])
        slots.time = draft.capture(["ts_ms"])
        slots.marks = [
            (draft.capture(["status"]), draft.capture(["event_count"])),
            (draft.capture(["ddl"]), draft.capture(["tableChanges"])),
        ]
        for kind in graph.kinds {
            let columns = fields.id.isEmpty ? kind.id.map { [$0.name] } : fields.id
            slots.afterID.append(columns.map { draft.capture(Self.path($0, "after")) })
            slots.beforeID.append(columns.map { draft.capture(Self.path($0, "before")) })
        }
        if let path = fields.version, Self.path(path, "before") != Self.path(path, "after") {
            slots.beforeVersion = draft.capture(Self.path(path, "before"))
        }
        slots.beforeEdges = plain.edges.map { draft.capture(Self.path($0.path, "before")) }
        draft.alias("payload")
        slots.payload = draft.capture(["payload"])
        draft.capture([], at: slots.root)
        let captures = Captures(count: draft.captureCount)
        mapping = EventMapping(graph: graph, topic: topic, captures: captures, slots: plain)
        reader = FieldReader(FieldTree(draft), captures: captures.slots)
        keys = Tombstones(graph: graph, topic: topic)
        self.slots = slots
    }

    private static let envelope: Set<String> = ["source", "transaction", "op", "ts_ms", "ts_us", "ts_ns"]

    private static func path(_ path: [String], _ image: String) -> [String] {
        let isColumn = path.count == 1 && (path[0] == "source" || path[0] == "transaction")
        guard let first = path.first, isColumn || !envelope.contains(first) else { return path }
        return [image] + (path.count > 1 && (first == "after" || first == "before") ? path.dropFirst() : path[...])
    }

    func decode(
        _ value: UnsafeRawBufferPointer, _ record: RecordBatch.Record, headers: () -> [RecordHeader],
        into buffer: inout ChangeBuffer
    ) throws(Rejection) -> Bool {
        let captures = mapping.captures
        captures.clear()
        if let refusal = ForeignFormat.refusal(value) { throw refusal }
        if let flaw = reader.read(value) { throw flaw.rejection("the value") }
        guard captures[slots.root].form == .object else {
            throw ForeignFormat.refusal(root: captures[slots.root], "the value")
        }
        let operation = captures[slots.operation]
        if operation.form == .absent { return try withoutOperation() }
        guard operation.form == .text, operation.count == 1 else { throw unknown(operation) }
        switch operation.start.pointee {
        case UInt8(ascii: "m"): return false
        case UInt8(ascii: "t"), UInt8(ascii: "c"), UInt8(ascii: "u"), UInt8(ascii: "r"), UInt8(ascii: "d"):
            return try change(operation.start.pointee, record, into: &buffer)
        default: throw unknown(operation)
        }
    }

    private func unknown(_ operation: Captured) -> Rejection {
        Rejection(.unknownOperation, "Debezium's `op` is \(mapping.quote(operation))")
    }

    /// Heartbeats, transaction marks and schema changes say nothing about a row.
    private func withoutOperation() throws(Rejection) -> Bool {
        let captures = mapping.captures
        for (one, other) in slots.marks where captures[one].form != .absent && captures[other].form != .absent {
            return false
        }
        // A heartbeat has this one field; a flattened row that happens to have it has others too.
        let payload = captures[slots.payload]
        let whole = payload.form == .object ? payload : captures[slots.root]
        if captures[slots.time].form == .integer, !whole.bytes.contains(UInt8(ascii: ",")) { return false }
        throw Rejection(
            .invalidEnvelope,
            "the value is no Debezium envelope: it has no `op` (rows flattened by a transform are format json)"
        )
    }

    private func change(
        _ operation: UInt8, _ record: RecordBatch.Record, into buffer: inout ChangeBuffer
    ) throws(Rejection) -> Bool {
        let captures = mapping.captures
        guard let meaning = try mapping.meaning() else { return try mapping.unknown() }
        var change = Change(entity: EntityRef(kind: meaning.kind, high: 0, low: 0), operation: .truncate)
        change.transaction = try mapping.transaction(captures[mapping.slots.transaction])
        let time = captures[mapping.slots.time]
        change.eventTime = mapping.time(time.isMissing ? captures[slots.time] : time)
        mapping.traceparent(captures[mapping.slots.traceparent], into: &buffer.traceparent)
        if operation == UInt8(ascii: "t") {
            buffer.changes.append(change)
            return true
        }
        let isDelete = operation == UInt8(ascii: "d")
        // A column of `after`, so that a delete has none: in its image columns may be filled up with zeros.
        change.version = try mapping.version(captures[mapping.slots.version])
        change.hasImageBefore = ImageBefore.isCertain(
            operation, image: captures[slots.before], version: slots.beforeVersion.map { captures[$0] })
        change.targets = try targets(meaning.kind, into: &buffer, hasImageBefore: &change.hasImageBefore)
        let kind = Int(meaning.kind.value)
        if isDelete {
            change.operation = .delete
            change.entity = try deleted(meaning.kind, record, &buffer.pool)
            if change.hasImageBefore { imageBefore.note(deleteBy: record) }
            buffer.changes.append(change)
            return true
        }
        guard captures[slots.after].form == .object else {
            throw Rejection(.invalidEnvelope, "Debezium's `op` announces a row, but `after` is no object")
        }
        change.operation = .upsert
        change.entity = try mapping.entity(meaning.kind, slots.afterID[kind], pool: &buffer.pool)
        if let old = try before(meaning.kind, &buffer.pool), old != change.entity {
            // The row has another id now: the old entity is gone.
            var gone = change
            (gone.entity, gone.operation, gone.version) = (old, .delete, nil)
            buffer.changes.append(gone)
        }
        buffer.changes.append(change)
        return true
    }

    func repeatsDelete(_ tombstone: RecordBatch.Record) -> Bool { imageBefore.isEcho(tombstone) }

    /// The entity of the before-image, where it has one.
    private func before(_ kind: KindIndex, _ pool: inout TextPool) throws(Rejection) -> EntityRef? {
        let parts = slots.beforeID[Int(kind.value)]
        if parts.isEmpty || parts.contains(where: { mapping.captures[$0].isMissing }) { return nil }
        return try mapping.entity(kind, parts, pool: &pool)
    }

    private func deleted(
        _ kind: KindIndex, _ record: RecordBatch.Record, _ pool: inout TextPool
    ) throws(Rejection) -> EntityRef {
        if let entity = try before(kind, &pool) { return entity }
        if record.key != nil, let entity = try keys.entity(record.key, kind, &pool) { return entity }
        throw Rejection(
            .invalidEnvelope,
            "a row of kind \(mapping.graph[kind].name) was deleted, but neither `before` nor the key holds its id")
    }

    /// What both images name: a row that moved has an old and a new parent.
    private func targets(
        _ kind: KindIndex, into buffer: inout ChangeBuffer, hasImageBefore: inout Bool
    ) throws(Rejection) -> Range<Int32> {
        let first = buffer.targets.count
        for (index, edge) in mapping.slots.edges.enumerated() where edge.from == kind {
            let after = mapping.captures[edge.slot]
            let isUnchanged = after.form == .text && after.bytes.elementsEqual("__debezium_unavailable_value".utf8)
            if !isUnchanged { try mapping.target(edge, after, into: &buffer) }
            let middle = buffer.targets.count
            // Unless the replica identity is full, a before-image is filled up with zeros and empty strings, which name
            // nothing.
            do { try mapping.target(edge, mapping.captures[slots.beforeEdges[index]], into: &buffer) } catch {
                hasImageBefore = false
            }
            if buffer.targets.count == middle + 1, middle > first, buffer.targets[middle] == buffer.targets[middle - 1]
            {
                buffer.targets.removeLast()
            }
        }
        return Int32(truncatingIfNeeded: first)..<Int32(truncatingIfNeeded: buffer.targets.count)
    }
}
