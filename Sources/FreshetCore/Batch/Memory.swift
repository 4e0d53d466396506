/// Which parents a child was last known to have, per edge that remembers: kept in Redis beside the control record,
/// written with the chunk that moves the checkpoint.
///
/// An entry is worth something only if it belongs to this incarnation and was written since the floor was last raised:
/// whatever was skipped or lost before, it doesn't know of.
package struct Memory: Hashable, Sendable {
    package var parents: Set<EntityRef>

    package init(parents: Set<EntityRef>) { self.parents = parents }

    /// nil where the entry says nothing that counts.
    package init?(
        _ entry: [UInt8], _ edge: Edge, _ ticket: Ticket, floor: Int64, _ graph: Graph, _ pool: inout TextPool
    ) {
        guard let to = edge.to else { return nil }
        parents = []
        for (index, token) in entry.split(separator: UInt8(ascii: " ")).enumerated() {
            let words = token.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            guard words.count == 3, words[0].elementsEqual(ticket.incarnation.utf8),
                let number = Int64(String(decoding: words[1], as: UTF8.self))
            else { return nil }
            // Tokens behind the first were added by older tickets.
            if index == 0 && number < floor { return nil }
            for name in words[2].split(separator: UInt8(ascii: ",")) {
                guard let parent = Self.parse(name, to, graph, &pool) else { return nil }
                parents.insert(parent)
            }
        }
    }

    package func entry(_ ticket: Ticket, _ graph: Graph, _ pool: TextPool) -> [UInt8] {
        var bytes = Array("\(ticket.incarnation)/\(ticket.number)/".utf8)
        let names = parents.map { Self.name($0, graph, pool) }.sorted { $0.lexicographicallyPrecedes($1) }
        for (index, name) in names.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += name
        }
        return bytes
    }

    /// The entry's key, under the control record's own name: no template can produce it, and no sweep touches it.
    package static func key(_ edge: Int, _ child: EntityRef, _ graph: Graph, _ pool: TextPool) -> [UInt8] {
        let space = graph.namespace
        return Array("\(space.prefix)\(space.separator)freshet\(space.separator)memory\(space.separator)".utf8)
            + Array(graph.edges[edge].name.utf8) + Array(space.separator.utf8) + name(child, graph, pool)
    }

    /// A number as such; everything else in hex, so that no byte of an id is in the way.
    private static func name(_ ref: EntityRef, _ graph: Graph, _ pool: TextPool) -> [UInt8] {
        let kind = graph[ref.kind]
        if kind.isPooled { return [UInt8(ascii: "x")] + pool[ref.low].flatMap { hex(UInt64($0), digits: 2) } }
        if kind.id[0].type == .uuid { return hex(ref.high, digits: 16) + hex(ref.low, digits: 16) }
        var bytes: [UInt8] = []
        KeyText.appendDecimal(ref.int, into: &bytes)
        return bytes
    }

    private static func parse(
        _ name: ArraySlice<UInt8>, _ kind: KindIndex, _ graph: Graph, _ pool: inout TextPool
    ) -> EntityRef? {
        let text = String(decoding: name, as: UTF8.self)
        if graph[kind].isPooled {
            let digits = Array(text.dropFirst())
            guard text.first == "x", digits.count % 2 == 0 else { return nil }
            let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0..<$0 + 2]), radix: 16)
            }
            return EntityRef(kind: kind, high: 0, low: pool.intern(bytes))
        }
        if graph[kind].id[0].type == .uuid {
            guard let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.dropFirst(16), radix: 16) else {
                return nil
            }
            return EntityRef(kind: kind, high: high, low: low)
        }
        return Int64(text).map { EntityRef(kind: kind, int: $0) }
    }

    private static func hex(_ value: UInt64, digits: Int) -> [UInt8] {
        let text = String(value, radix: 16)
        return Array(repeating: UInt8(ascii: "0"), count: digits - text.utf8.count) + Array(text.utf8)
    }
}
