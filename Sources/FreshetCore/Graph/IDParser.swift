/// Outside text → the entity it names, or a typed rejection. One per decoder: it keeps scratch memory for composite
/// ids.
///
/// An id of one part: `entity(_:_:_:pool:)`. A composite one: `begin`, `add` each part in its order, `finish`.
package struct IDParser: Sendable {
    private var canonical: [UInt8] = []
    private var part = 0

    package init() {}

    /// An id of one part, from the text of a JSON string or number.
    package func entity(
        _ graph: Graph, _ kind: KindIndex, _ text: UnsafeRawBufferPointer, pool: inout TextPool
    ) throws(Rejection) -> EntityRef {
        switch graph.kinds[Int(kind.value)].id[0].type {
        case .bigint:
            guard let int = IDText.bigint(text) else { throw Self.rejection(graph, kind, 0, text) }
            return EntityRef(kind: kind, int: int)
        case .uuid:
            guard let bits = IDText.uuid(text) else { throw Self.rejection(graph, kind, 0, text) }
            return EntityRef(kind: kind, high: bits.high, low: bits.low)
        case .text:
            if IDText.flaw(text) != nil { throw Self.rejection(graph, kind, 0, text) }
            return EntityRef(kind: kind, high: 0, low: pool.intern(text))
        }
    }

    package mutating func begin() {
        canonical.removeAll(keepingCapacity: true)
        part = 0
    }

    /// The next part of a composite id. The caller adds exactly as many as the kind's id has.
    package mutating func add(
        _ graph: Graph, _ kind: KindIndex, _ text: UnsafeRawBufferPointer
    ) throws(Rejection) {
        let parts = graph.kinds[Int(kind.value)].id
        guard part < parts.count else {
            throw Rejection(.invalidID, "the id has more than the \(parts.count) parts of kind \(graph[kind].name)")
        }
        if part > 0 { canonical.append(TextPool.partSeparator) }
        switch parts[part].type {
        case .bigint:
            guard let int = IDText.bigint(text) else { throw Self.rejection(graph, kind, part, text) }
            KeyText.appendDecimal(int, into: &canonical)
        case .uuid:
            guard let bits = IDText.uuid(text) else { throw Self.rejection(graph, kind, part, text) }
            KeyText.appendUUID(high: bits.high, low: bits.low, into: &canonical)
        case .text:
            if IDText.flaw(text) != nil { throw Self.rejection(graph, kind, part, text) }
            canonical.append(contentsOf: text)
        }
        part += 1
    }

    package mutating func finish(
        _ graph: Graph, _ kind: KindIndex, pool: inout TextPool
    ) throws(Rejection) -> EntityRef {
        let definition = graph[kind]
        guard part == definition.id.count else {
            throw Rejection(
                .invalidID, "the id has \(part) of the \(definition.id.count) parts of kind \(definition.name)")
        }
        if definition.isPooled { return EntityRef(kind: kind, high: 0, low: pool.intern(canonical)) }
        return try canonical.withUnsafeBufferPointer { text throws(Rejection) in
            try entity(graph, kind, UnsafeRawBufferPointer(text), pool: &pool)
        }
    }

    /// `id` of kind team: "abc" is no bigint
    private static func rejection(
        _ graph: Graph, _ kind: KindIndex, _ part: Int, _ text: UnsafeRawBufferPointer
    ) -> Rejection {
        let definition = graph[kind]
        let name = definition.id[part].name
        let what: String
        switch definition.id[part].type {
        case .bigint: what = "is no canonical 64-bit integer"
        case .uuid: what = "is no UUID of the form 8-4-4-4-12"
        case .text: what = IDText.flaw(text) ?? "is invalid"
        }
        return Rejection(.invalidID, "`\(name)` of kind \(definition.name): \(Self.quote(text)) \(what)")
    }

    /// The beginning of foreign bytes, fit for a message.
    private static func quote(_ text: UnsafeRawBufferPointer) -> String {
        var shown = "\""
        for scalar in String(decoding: text.prefix(60), as: UTF8.self).unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            shown.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return shown + (text.count > 60 ? "…\"" : "\"")
    }
}
