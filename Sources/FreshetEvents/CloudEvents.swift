import FreshetCore

/// CloudEvents 1.0 over Kafka. Paths run from the top of the envelope: `subject`, `data.id`.
///
/// Structured mode has the envelope in the value. Binary mode has the attributes in `ce_…` headers and the data in the
/// value; a path of one name is then a header, one that begins with `data` is looked for in the value. A value that is
/// an envelope itself (an object with `specversion`) is taken as structured without a look at the headers, which cost
/// more than the rest.
final class CloudEvents: EventFormat {
    private let mapping: EventMapping
    private let envelope: FieldReader
    private let payload: FieldReader
    /// Attributes that the mapping names or the specification asks for, and where they are captured.
    private let attributes: [(header: String, slot: Int)]
    private let required: [(name: String, slot: Int)]
    private let specversion: Int
    private let data: (whole: Int, base64: Int, root: Int)
    /// Whether a mapped field lies in the data, and whether one of the id does.
    private let needsData: Bool
    private let needsDataForID: Bool
    private var headerText: [UInt8] = []

    init(graph: Graph, topic: Topic) {
        var topic = topic
        topic.fields.type = topic.fields.type ?? ["type"]
        topic.fields.time = topic.fields.time ?? ["time"]
        topic.fields.traceparent = topic.fields.traceparent ?? ["traceparent"]
        if topic.fields.id.isEmpty { topic.fields.id = [["subject"]] }
        var draft = FieldDraft()
        let slots = EventMapping.Slots(topic.fields, graph, in: &draft)
        specversion = draft.capture(["specversion"])
        required = ["id", "source", "type"].map { ($0, draft.capture([$0])) }
        data = (draft.capture(["data"]), draft.capture(["data_base64"]), draft.reserve())
        // Every path of the envelope again, as binary mode knows it.
        var binary = FieldDraft()
        binary.capture([], at: data.root)
        var headers: [(String, Int)] = []
        for (path, slot) in draft.paths where path != ["data"] {
            if path.count > 1, path[0] == "data" { binary.capture(Array(path.dropFirst()), at: slot) }
            if path.count == 1 { headers.append(("ce_" + path[0], slot)) }
        }
        attributes = headers
        let edges = graph.edges.compactMap { edge -> [String]? in
            if case .field(let path) = edge.resolution { path } else { nil }
        }
        let fields = topic.fields
        let others = [fields.type, fields.kind, fields.operation, fields.version, fields.transaction].compactMap { $0 }
        needsDataForID = fields.id.contains { $0.first == "data" }
        needsData = needsDataForID || (others + edges).contains { $0.first == "data" }
        let captures = Captures(count: max(draft.captureCount, binary.captureCount))
        mapping = EventMapping(graph: graph, topic: topic, captures: captures, slots: slots)
        envelope = FieldReader(FieldTree(draft), captures: captures.slots)
        payload = FieldReader(FieldTree(binary), captures: captures.slots)
    }

    func decode(
        _ value: UnsafeRawBufferPointer, _ record: RecordBatch.Record, headers: () -> [RecordHeader],
        into buffer: inout ChangeBuffer
    ) throws(Rejection) -> Bool {
        mapping.captures.clear()
        let flaw = envelope.read(value)
        if flaw == nil, mapping.captures[specversion].form != .absent {
            try check()
            let whole = mapping.captures[data.whole]
            if needsData, whole.isText { throw ForeignFormat.refusal(root: whole, "`data`") }
            if needsData, whole.isMissing, !mapping.captures[data.base64].isMissing {
                throw Rejection(.unsupportedFormat, "the event's data is base64 (`data_base64`), not JSON")
            }
            return try mapping.change(into: &buffer)
        }
        if let answer = try binary(value, headers(), into: &buffer) { return answer }
        if let refusal = ForeignFormat.refusal(value) { throw refusal }
        if let flaw { throw flaw.rejection("the value") }
        throw Rejection(
            .invalidEnvelope,
            "the record is no CloudEvent: neither its value has `specversion` nor its headers `ce_specversion`")
    }

    /// An event without data is a null value with `ce_…` headers; without them it is a tombstone.
    func decodeWithoutValue(headers: () -> [RecordHeader], into buffer: inout ChangeBuffer) throws(Rejection) -> Bool? {
        needsDataForID ? nil : try binary(nil, headers(), into: &buffer)
    }

    /// nil where the headers are no CloudEvent's.
    private func binary(
        _ value: UnsafeRawBufferPointer?, _ headers: [RecordHeader], into buffer: inout ChangeBuffer
    ) throws(Rejection) -> Bool? {
        guard headers.contains(where: { $0.name == "ce_specversion" }) else { return nil }
        mapping.captures.clear()
        headerText.removeAll(keepingCapacity: true)
        var places: [(slot: Int, range: Range<Int>)] = []
        for header in headers {
            guard let text = header.value, text.count <= mapping.topic.maxRecordSize else { continue }
            let own = attributes.filter { $0.header == header.name }
            if own.isEmpty, header.name != "traceparent" { continue }
            guard String(validating: text, as: UTF8.self) != nil else {
                throw Rejection(.invalidEnvelope, "header `\(header.name.prefix(120))` is no UTF-8")
            }
            let range = headerText.count..<headerText.count + text.count
            headerText += text
            // The W3C header of a tracing library stands in for the extension, and never replaces it.
            if own.isEmpty { places.insert((mapping.slots.traceparent, range), at: 0) }
            for attribute in own { places.append((attribute.slot, range)) }
        }
        return try headerText.withUnsafeBufferPointer { text throws(Rejection) in
            try attributesAndData(value, text, places, into: &buffer)
        }
    }

    private func attributesAndData(
        _ value: UnsafeRawBufferPointer?, _ text: UnsafeBufferPointer<UInt8>,
        _ places: [(slot: Int, range: Range<Int>)],
        into buffer: inout ChangeBuffer
    ) throws(Rejection) -> Bool {
        if let value, needsData {
            if let refusal = ForeignFormat.refusal(value) { throw refusal }
            if let flaw = payload.read(value) { throw flaw.rejection("the event's data") }
            let root = mapping.captures[data.root]
            guard root.form == .object else { throw ForeignFormat.refusal(root: root, "the event's data") }
        }
        if let start = text.baseAddress {
            for (slot, range) in places {
                mapping.captures.slots[slot] = Captured(
                    start: start + range.lowerBound, count: Int32(truncatingIfNeeded: range.count), form: .text)
            }
        }
        try check()
        return try mapping.change(into: &buffer)
    }

    /// What the specification asks of every event.
    private func check() throws(Rejection) {
        let version = mapping.captures[specversion]
        guard version.form == .text, version.bytes.elementsEqual("1.0".utf8) else {
            throw Rejection(
                .unsupportedFormat, "CloudEvents `specversion` is \(mapping.quote(version)); 1.0 is supported")
        }
        for (name, slot) in required where !mapping.captures[slot].isText || mapping.captures[slot].count == 0 {
            throw Rejection(.invalidEnvelope, "the CloudEvent has no `\(name)`")
        }
    }
}
