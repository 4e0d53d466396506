import FreshetCore

/// Records without a value: deletes, whose key alone says of what.
///
/// The key is `KIND:ID` as people write it, or, where the topic carries one kind, the bare id; or a JSON object that
/// holds the id's fields by their last names (Debezium's key, with or without its schema part). After a captured delete
/// Debezium sends a tombstone as well; it is applied again and not skipped, because log compaction may have left
/// nothing but it.
final class Tombstones {
    private let mapping: EventMapping
    private let reader: FieldReader
    private let root: Int
    /// The kind of keys that don't say it.
    private let kind: KindIndex?
    /// Per kind, where a JSON key's id parts are captured.
    private let ids: [[Int]]
    /// The largest key that is looked at; bytes.
    private static let maxKeySize = 64 << 10

    init(graph: Graph, topic: Topic) {
        var draft = FieldDraft()
        root = draft.capture([])
        var slots = EventMapping.Slots(Topic.Fields(), graph, in: &draft)
        kind = Self.onlyKind(graph, topic)
        slots.edges = []
        let names = topic.fields.id.map { $0.last ?? "" }
        ids = graph.kinds.map { kind in (names.isEmpty ? kind.id.map(\.name) : names).map { draft.capture([$0]) } }
        draft.alias("payload")
        let captures = Captures(count: draft.captureCount)
        mapping = EventMapping(graph: graph, topic: topic, captures: captures, slots: slots)
        reader = FieldReader(FieldTree(draft), captures: captures.slots)
    }

    /// The topic's kind, the kind that all its types mean, or the one that a captured table's topic is named after.
    private static func onlyKind(_ graph: Graph, _ topic: Topic) -> KindIndex? {
        if let kind = topic.kind { return kind }
        if !topic.types.isEmpty {
            let kinds = Set(topic.types.values.map(\.kind))
            return kinds.count == 1 ? kinds.first : nil
        }
        guard topic.format == .debezium, let table = topic.name.split(separator: ".").last else { return nil }
        return graph.kind(named: String(table))
    }

    func decode(_ key: UnsafeRawBufferPointer?, into buffer: inout ChangeBuffer) throws(Rejection) -> Bool {
        guard let entity = try entity(key, nil, &buffer.pool) else { return false }
        buffer.changes.append(Change(entity: entity, operation: .delete))
        return true
    }

    /// The entity that the key names, which is of `known` kind where the value said it; nil where the topic ignores its
    /// kind.
    func entity(
        _ key: UnsafeRawBufferPointer?, _ known: KindIndex?, _ pool: inout TextPool
    ) throws(Rejection) -> EntityRef? {
        guard let key, key.count > 0 else {
            throw Rejection(.emptyValue, "the record has neither a value nor a key: nothing says what was deleted")
        }
        guard key.count <= Self.maxKeySize else {
            throw Rejection(.tooLarge, "the key of a record without a value has \(key.count) bytes")
        }
        mapping.captures.clear()
        if key[0] == UInt8(ascii: "{") {
            if let flaw = reader.read(key) { throw flaw.rejection("the key") }
            guard let kind = known ?? kind else { throw noKind() }
            return try mapping.entity(kind, ids[Int(kind.value)], pool: &pool)
        }
        guard key[0] == UInt8(ascii: "\"") else { return try named(key, &pool) }
        if let flaw = reader.read(key) { throw flaw.rejection("the key") }
        return try mapping.withText(mapping.captures[root], nil) { text throws(Rejection) in try named(text, &pool) }
    }

    /// nil where the key names a kind that the graph doesn't know and the topic ignores such.
    private func named(_ text: UnsafeRawBufferPointer, _ pool: inout TextPool) throws(Rejection) -> EntityRef? {
        let graph = mapping.graph
        guard String(validating: text, as: UTF8.self) != nil else {
            throw Rejection(.invalidID, "the record has no value, and its key is no UTF-8")
        }
        let colon = text.firstIndex(of: UInt8(ascii: ":"))
        let prefix = UnsafeRawBufferPointer(rebasing: text[0..<(colon ?? 0)])
        let name = colon == nil ? nil : mapping.kind(named: prefix)
        if let kind, name != kind {
            // A bare id; one that holds a colon is no other kind's name here.
            if graph[kind].id.count == 1 { return try mapping.parser.entity(graph, kind, text, pool: &pool) }
            let name = graph[kind].name + ":" + String(decoding: text, as: UTF8.self)
            return try EntityName.parse(name, graph, pool: &pool)
        }
        guard name != nil else {
            if colon != nil, mapping.topic.unknown == .ignore { return nil }
            throw noKind()
        }
        return try EntityName.parse(String(decoding: text, as: UTF8.self), graph, pool: &pool)
    }

    private func noKind() -> Rejection {
        Rejection(
            .unknownKind, "the record has no value, and its key doesn't name one of the graph's kinds as `KIND:ID`")
    }
}
