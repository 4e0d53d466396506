/// An entity as people write it on the command line and read it in messages: `team:12`, `stock:5:7`.
///
/// The parts of an id are percent-escaped as in keys, so that a part may hold any character, a colon too.
package enum EntityName {
    package static func parse(_ text: String, _ graph: Graph, pool: inout TextPool) throws(Rejection) -> EntityRef {
        let pieces = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = graph.kind(named: String(pieces[0])) else {
            throw Rejection(.unknownKind, "there is no kind `\(pieces[0])` in the graph")
        }
        let definition = graph[kind]
        guard pieces.count == 2 else {
            throw Rejection(.invalidID, "`\(text)` has no id; write \(form(definition))")
        }
        // An id of one part is everything behind the first colon.
        let splits = definition.id.count - 1
        let parts = pieces[1].split(separator: ":", maxSplits: splits, omittingEmptySubsequences: false)
        guard parts.count == definition.id.count else {
            throw Rejection(
                .invalidID,
                "`\(text)` has \(parts.count) of the \(definition.id.count) parts of its id; write \(form(definition))")
        }
        var parser = IDParser()
        parser.begin()
        for part in parts {
            guard let bytes = unescape(part) else {
                throw Rejection(.invalidID, "`\(part)` holds a % that is not followed by two hexadecimal digits")
            }
            try bytes.withUnsafeBufferPointer { bytes throws(Rejection) in
                try parser.add(graph, kind, UnsafeRawBufferPointer(bytes))
            }
        }
        return try parser.finish(graph, kind, pool: &pool)
    }

    package static func write(_ entity: EntityRef, _ graph: Graph, pool: TextPool) -> String {
        let kind = graph[entity.kind]
        var bytes = Array(kind.name.utf8)
        for part in kind.id.indices {
            bytes.append(UInt8(ascii: ":"))
            graph.writePart(part, of: entity, pool: pool, into: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `stock:PRODUCT_ID:WAREHOUSE_ID`
    package static func form(_ kind: Kind) -> String {
        ([kind.name] + kind.id.map { $0.name.uppercased() }).joined(separator: ":")
    }

    private static func unescape(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let first = rest.popFirst().flatMap(IDText.hexDigit),
                let second = rest.popFirst().flatMap(IDText.hexDigit)
            else { return nil }
            bytes.append(UInt8(first << 4 | second))
        }
        return bytes
    }
}
