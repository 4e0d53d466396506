import FreshetCore

/// What a topic's mapping makes of captured values: kind and operation. Its extension makes ids, versions and times.
///
/// Compiled once per lane and topic; keeps scratch memory, so it belongs to one lane.
final class EventMapping {
    /// Where the topic's fields are captured. A field that isn't mapped has a slot that always stays absent.
    struct Slots {
        var type = 0
        var kind = 0
        var operation = 0
        var version = 0
        var time = 0
        var transaction = 0
        var traceparent = 0
        /// One per part of the id.
        var id: [Int] = []
        /// Edges declared by a field of the payload.
        var edges: [FieldEdge] = []
    }

    struct FieldEdge {
        var edge: Int32
        var from: KindIndex
        var to: KindIndex
        var slot: Int
        var path: [String]
    }

    let graph: Graph
    let topic: Topic
    let captures: Captures
    let slots: Slots
    /// Whether a record must say its operation: the topic maps a field for it and no types.
    private let needsOperation: Bool
    private let kinds: NameTable
    private let types: NameTable
    private let meanings: [Topic.Meaning]
    private static let operations = NameTable(Operations.names)
    /// By kind, of its id: how many parts, and whether it is one whole number. A look at the graph's own would retain a
    /// whole kind for each record.
    let idParts: [Int]
    let isNumber: [Bool]
    var parser = IDParser()
    /// For the lists that edges' fields hold.
    let guesses = StringGuesses()
    var scratch: [UInt8] = []

    init(graph: Graph, topic: Topic, captures: Captures, slots: Slots) {
        self.graph = graph
        self.topic = topic
        self.captures = captures
        self.slots = slots
        kinds = NameTable(graph.kinds.map(\.name))
        idParts = graph.kinds.map(\.id.count)
        isNumber = graph.kinds.map { $0.id.count == 1 && $0.id[0].type == .bigint }
        let ordered = topic.types.sorted { $0.key < $1.key }
        types = NameTable(ordered.map(\.key))
        meanings = ordered.map(\.value)
        needsOperation = topic.fields.operation != nil && topic.types.isEmpty
    }

    /// The edges of the graph that a payload's field resolves.
    static func fieldEdges(_ graph: Graph, slot: ([String]) -> Int) -> [FieldEdge] {
        graph.edges.enumerated().compactMap { index, edge in
            guard case .field(let path) = edge.resolution, let to = edge.to else { return nil }
            return FieldEdge(edge: Int32(index), from: edge.from, to: to, slot: slot(path), path: path)
        }
    }

    /// Kind and operation of the record; nil where the graph knows neither its type nor its kind.
    func meaning() throws(Rejection) -> Topic.Meaning? {
        var meaning = Topic.Meaning(kind: KindIndex(0), operation: .upsert)
        if !meanings.isEmpty {
            guard let index = try name(captures[slots.type], topic.fields.type, in: types) else { return nil }
            meaning = meanings[index]
        } else if topic.fields.kind != nil {
            guard let index = try name(captures[slots.kind], topic.fields.kind, in: kinds) else { return nil }
            meaning.kind = KindIndex(index)
        } else if let kind = topic.kind {
            meaning.kind = kind
        } else {
            throw Rejection(.unknownKind, "topic \(topic.name) maps neither types nor a kind")
        }
        if topic.fields.operation != nil { try operation(&meaning) }
        return meaning
    }

    private func operation(_ meaning: inout Topic.Meaning) throws(Rejection) {
        let captured = captures[slots.operation]
        if captured.isMissing, !needsOperation { return }
        guard let index = try name(captured, topic.fields.operation, in: Self.operations) else {
            throw Rejection(.unknownOperation, "\(show(topic.fields.operation)) is \(quote(captured))")
        }
        meaning.operation = Operations.meaning(index)
    }

    /// For the topic's `unknown` setting: false is `.ignored`.
    func unknown() throws(Rejection) -> Bool {
        if topic.unknown == .ignore { return false }
        let field = meanings.isEmpty ? topic.fields.kind : topic.fields.type
        let captured = captures[meanings.isEmpty ? slots.kind : slots.type]
        throw Rejection(.unknownKind, "\(show(field)) is \(quote(captured)), which topic \(topic.name) does not map")
    }

    func kind(named name: UnsafeRawBufferPointer) -> KindIndex? { kinds.index(of: name).map(KindIndex.init) }

    private func name(
        _ captured: Captured, _ path: [String]?, in table: NameTable
    ) throws(Rejection) -> Int? {
        switch captured.form {
        case .text: return table.index(of: captured.bytes)
        case .escapedText: return try withText(captured, path) { table.index(of: $0) }
        case .absent, .null: throw Rejection(.missingField, "the record has no \(show(path))")
        default: throw Rejection(.wrongType, "\(show(path)) is no string")
        }
    }

    /// The text of a string or number, its escapes resolved.
    @inline(__always)
    func withText<R>(
        _ captured: Captured, _ path: [String]?, _ body: (UnsafeRawBufferPointer) throws(Rejection) -> R
    ) throws(Rejection) -> R {
        guard captured.form == .escapedText else { return try body(captured.bytes) }
        // Taken out while it is lent, because `body` may use the mapping too.
        var text: [UInt8] = []
        swap(&text, &scratch)
        defer { swap(&text, &scratch) }
        text.removeAll(keepingCapacity: true)
        guard JSONText.unescape(captured.bytes, into: &text) else {
            throw Rejection(.malformedJSON, "\(show(path)) holds half of a surrogate pair")
        }
        return try text.withUnsafeBufferPointer { text throws(Rejection) in try body(UnsafeRawBufferPointer(text)) }
    }

    func show(_ path: [String]?) -> String {
        let text = (path ?? []).joined(separator: ".")
        return text.isEmpty ? "field" : "field `\(text.prefix(120))`"
    }

    /// The beginning of foreign bytes, fit for a message.
    func quote(_ captured: Captured) -> String {
        guard captured.form != .absent else { return "missing" }
        var shown = ""
        for scalar in String(decoding: captured.bytes.prefix(60), as: UTF8.self).unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            shown.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return "\"\(shown)\(captured.count > 60 ? "…" : "")\""
    }
}
