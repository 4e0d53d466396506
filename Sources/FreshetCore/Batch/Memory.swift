/// Which parents a child was last known to have, per edge that remembers: a field of the edge's hash in Redis, written
/// with the chunk that moves the checkpoint.
///
/// An entry is a few tokens. It is worth something only if one of them belongs to this incarnation and was written
/// since recovery last skipped or lost something (`ControlView.Record.memory`). Where the edge's mark counts too, the
/// memory is whole: a child without an entry had no parents.
package struct Memory: Hashable, Sendable {
    /// All that the entry names in this incarnation. Where it doesn't count, there may have been others.
    package var parents: Set<EntityRef>
    package var counts: Bool
    /// A batch that doesn't know the child has named parents, and may be at work.
    package private(set) var isForetold = false

    /// From so many parents on, whoever looks at an entry says so in it, and may then take out what is gone, although
    /// newer tickets are out: under constant load there is always one, and the entry would only grow.
    package static let crowd = 8

    package init(parents: Set<EntityRef>) { (self.parents, counts) = (parents, true) }

    package init(
        _ entry: [UInt8], _ edge: Edge, incarnation: String, since: Int64, _ graph: Graph, _ pool: inout TextPool
    ) {
        (parents, counts) = ([], false)
        guard let to = edge.to else { return }
        var isReadable = true
        for token in entry.split(separator: UInt8(ascii: " ")) {
            // Under another incarnation's ticket nothing can be written any more.
            guard let (number, names) = Self.token(token, incarnation) else { continue }
            if number == 0 { isForetold = true } else if number >= since { counts = true }
            for name in names.split(separator: UInt8(ascii: ",")) {
                if let parent = Self.parse(name, to, graph, &pool) {
                    parents.insert(parent)
                } else {
                    isReadable = false
                }
            }
        }
        if !isReadable { counts = false }
    }

    /// Of ticket 0 it doesn't count by itself: it only names parents.
    package func entry(_ ticket: Ticket, _ graph: Graph, _ pool: TextPool) -> [UInt8] {
        var ticket = ticket
        if !counts { ticket.number = 0 }
        return Self.entry(ticket, parents: parents.map { Self.name($0, graph, pool) })
    }

    /// `parents` as `child` spells them.
    package static func entry(_ ticket: Ticket, parents: [[UInt8]]) -> [UInt8] {
        var bytes = markEntry(ticket)
        for (index, name) in parents.sorted(by: { $0.lexicographicallyPrecedes($1) }).enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += name
        }
        return bytes
    }

    /// `INCARNATION/TICKET/PARENT,PARENT …`
    private static func token(
        _ token: ArraySlice<UInt8>, _ incarnation: String
    ) -> (number: Int64, names: ArraySlice<UInt8>)? {
        let words = token.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard words.count == 3, words[0].elementsEqual(incarnation.utf8),
            let number = Int64(String(decoding: words[1], as: UTF8.self))
        else { return nil }
        return (number, words[2])
    }

    // MARK: Names

    /// The field that says since when the edge's memory is whole; no child has this name.
    package static let mark = Array("!".utf8)

    package static func markEntry(_ ticket: Ticket) -> [UInt8] {
        Array("\(ticket.incarnation)/\(ticket.number)/".utf8)
    }

    package static func isWhole(_ mark: [UInt8]?, incarnation: String, since: Int64) -> Bool {
        (mark ?? []).split(separator: UInt8(ascii: " ")).contains { token in
            Self.token(token, incarnation).map { $0.number >= since } ?? false
        }
    }

    /// The hash of an edge, under the control record's own name: no template can produce it, and no sweep touches it.
    package static func hash(_ edge: Edge, _ graph: Graph) -> [UInt8] {
        let space = graph.namespace
        return Array("\(space.prefix)\(space.separator)freshet:memory:\(edge.name)".utf8)
    }

    /// What a script call names the field of a hash.
    package static func key(_ hash: [UInt8], _ field: [UInt8]) -> [UInt8] { hash + [UInt8(ascii: ":")] + field }

    /// Whose entry a field is.
    package static func entity(
        _ field: [UInt8], _ kind: KindIndex, _ graph: Graph, _ pool: inout TextPool
    ) -> EntityRef? { parse(field[...], kind, graph, &pool) }

    package static func child(_ ref: EntityRef, _ graph: Graph, _ pool: TextPool) -> [UInt8] { name(ref, graph, pool) }

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
