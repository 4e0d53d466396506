import FreshetCore

extension EventMapping.Slots {
    /// Plain fields: each path as it is configured.
    init(_ fields: Topic.Fields, _ graph: Graph, in draft: inout FieldDraft) {
        self.init()
        let unmapped = draft.reserve()
        type = fields.type.map { draft.capture($0) } ?? unmapped
        kind = fields.kind.map { draft.capture($0) } ?? unmapped
        operation = fields.operation.map { draft.capture($0) } ?? unmapped
        version = fields.version.map { draft.capture($0) } ?? unmapped
        time = fields.time.map { draft.capture($0) } ?? unmapped
        transaction = fields.transaction.map { draft.capture($0) } ?? unmapped
        traceparent = fields.traceparent.map { draft.capture($0) } ?? unmapped
        id = fields.id.map { draft.capture($0) }
        edges = EventMapping.fieldEdges(graph) { draft.capture($0) }
    }
}

extension EventMapping {
    /// The one change of a record whose fields were captured; false where the graph says nothing about it.
    func change(into buffer: inout ChangeBuffer) throws(Rejection) -> Bool {
        guard let meaning = try meaning() else { return try unknown() }
        var change = Change(entity: EntityRef(kind: meaning.kind, high: 0, low: 0), operation: meaning.operation)
        if meaning.operation != .truncate {
            change.entity = try entity(meaning.kind, slots.id, pool: &buffer.pool)
            change.version = try version(captures[slots.version])
            if !slots.edges.isEmpty { change.targets = try targets(meaning.kind, into: &buffer) }
        }
        change.transaction = try transaction(captures[slots.transaction])
        change.eventTime = time(captures[slots.time])
        traceparent(captures[slots.traceparent], into: &buffer.traceparent)
        buffer.changes.append(change)
        return true
    }

    private func targets(_ kind: KindIndex, into buffer: inout ChangeBuffer) throws(Rejection) -> Range<Int32> {
        let first = Int32(truncatingIfNeeded: buffer.targets.count)
        for edge in slots.edges where edge.from == kind {
            try target(edge, captures[edge.slot], into: &buffer)
        }
        return first..<Int32(truncatingIfNeeded: buffer.targets.count)
    }
}
