import FreshetCore

/// A JSON object whose fields the topic maps: `entity`, `data.version` …
final class PlainEvents: EventFormat {
    private let mapping: EventMapping
    private let reader: FieldReader
    private let root: Int

    init(graph: Graph, topic: Topic) {
        var draft = FieldDraft()
        root = draft.capture([])
        let slots = EventMapping.Slots(topic.fields, graph, in: &draft)
        let captures = Captures(count: draft.captureCount)
        mapping = EventMapping(graph: graph, topic: topic, captures: captures, slots: slots)
        reader = FieldReader(FieldTree(draft), captures: captures.slots)
    }

    func decode(
        _ value: UnsafeRawBufferPointer, _ record: RecordBatch.Record, headers: () -> [RecordHeader],
        into buffer: inout ChangeBuffer
    ) throws(Rejection) -> Bool {
        mapping.captures.clear()
        if let refusal = ForeignFormat.refusal(value) { throw refusal }
        if let flaw = reader.read(value) { throw flaw.rejection("the value") }
        let top = mapping.captures[root]
        guard top.form == .object else { throw ForeignFormat.refusal(root: top, "the value") }
        return try mapping.change(into: &buffer)
    }
}
