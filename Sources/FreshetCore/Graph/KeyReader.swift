/// What a key of the cache says: which entity it belongs to, and by which of its kind's templates.
package struct KeyReading: Hashable, Sendable {
    package var entity: EntityRef
    /// Index into `Kind.keys`.
    package var template: Int

    package init(entity: EntityRef, template: Int) {
        self.entity = entity
        self.template = template
    }
}

/// The inverse of `Graph.writeKey`. A graph whose templates could yield one key twice is refused when it is loaded, so
/// a key has one reading at most; what no template could have written exactly so has none.
package struct KeyReader: Sendable {
    private struct Candidate: Sendable {
        var kind: KindIndex
        var template: Int
        var pieces: [KeyTemplate.Piece]
    }

    private let graph: Graph
    private let candidates: [Candidate]
    private var parser = IDParser()
    private var written: [UInt8] = []
    /// Where each part of the id stands in the key, while one is read.
    private var parts: [Range<Int>] = []
    /// Pieces and places from which nothing led to the end.
    private var dead: Set<Int> = []

    /// Of all kinds, or of some.
    package init(_ graph: Graph, kinds: Set<KindIndex>? = nil) {
        self.graph = graph
        candidates = graph.kinds.indices.flatMap { index -> [Candidate] in
            let kind = KindIndex(index)
            if let kinds, !kinds.contains(kind) { return [] }
            return graph[kind].keys.enumerated().map {
                Candidate(kind: kind, template: $0.offset, pieces: $0.element.pieces)
            }
        }
    }

    /// Ids that don't fit into a reference are interned in `pool`.
    package mutating func read(_ key: [UInt8], pool: inout TextPool) -> KeyReading? {
        guard key.count <= graph.namespace.maxKeyLength else { return nil }
        for candidate in candidates {
            parts = Array(repeating: 0..<0, count: graph[candidate.kind].id.count)
            dead.removeAll(keepingCapacity: true)
            guard match(key, 0, candidate, 0), let entity = entity(key, candidate.kind, &pool) else { continue }
            // Only the spelling that the writer itself would choose counts: others are somebody else's keys.
            written.removeAll(keepingCapacity: true)
            let template = graph[candidate.kind].keys[candidate.template]
            guard graph.writeKey(template, entity, pool: pool, into: &written), written == key else { continue }
            return KeyReading(entity: entity, template: candidate.template)
        }
        return nil
    }

    /// Whether the key from `place` on reads as the template's pieces from `piece` on. Each pair is tried once.
    private mutating func match(_ key: [UInt8], _ place: Int, _ candidate: Candidate, _ piece: Int) -> Bool {
        if piece == candidate.pieces.count { return place == key.count }
        switch candidate.pieces[piece] {
        case .literal(let bytes):
            return key[place...].starts(with: bytes) && match(key, place + bytes.count, candidate, piece + 1)
        case .part(let index):
            let name = piece * (key.count + 1) + place
            if dead.contains(name) { return false }
            let type = graph[candidate.kind].id[index].type
            var end = Self.end(of: type, in: key, from: place)
            // The longest text first; a literal behind it may begin with bytes that the text could hold as well.
            while end > place {
                parts[index] = place..<end
                if match(key, end, candidate, piece + 1) { return true }
                guard type != .uuid else { break }
                end -= 1
            }
            dead.insert(name)
            return false
        }
    }

    /// The end of the longest run that could be a part of this type.
    private static func end(of type: IDType, in key: [UInt8], from place: Int) -> Int {
        var end = place
        switch type {
        case .uuid: return place + 36 <= key.count ? place + 36 : place
        case .bigint:
            while end < key.count, key[end] == UInt8(ascii: "-") || (0x30...0x39).contains(key[end]) { end += 1 }
        case .text:
            while end < key.count, key[end] == UInt8(ascii: "%") || KeyText.isPlain(key[end]) { end += 1 }
        }
        return end
    }

    private mutating func entity(_ key: [UInt8], _ kind: KindIndex, _ pool: inout TextPool) -> EntityRef? {
        parser.begin()
        for (index, part) in graph[kind].id.enumerated() {
            let text = part.type == .text ? Self.unescape(key[parts[index]]) : Array(key[parts[index]])
            guard let text else { return nil }
            do throws(Rejection) {
                try text.withUnsafeBufferPointer { bytes throws(Rejection) in
                    try parser.add(graph, kind, UnsafeRawBufferPointer(bytes))
                }
            } catch {
                return nil
            }
        }
        return try? parser.finish(graph, kind, pool: &pool)
    }

    /// nil where a `%` is not followed by two hexadecimal digits.
    private static func unescape(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text
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

extension Graph {
    /// Every key under the namespace, ours or not.
    package var namespacePattern: String { "\(namespace.prefix)\(namespace.separator)*" }
}
