/// Keys that are invalidated by pattern: floor first, then scan and unlink. Right, but dear.
package enum Sweep: Hashable, Sendable {
    /// Every key of a kind.
    case kind(KindIndex)
    /// Every key that this glob pattern matches.
    case pattern([UInt8])
}

extension Graph {
    /// The glob patterns that cover every key of the swept kinds, and of everything that depends on them.
    package func patterns(of sweeps: Set<Sweep>) -> [[UInt8]] {
        var patterns = Set<[UInt8]>()
        for case .pattern(let pattern) in sweeps { patterns.insert(pattern) }
        for kind in downstream(of: sweeps.compactMap { if case .kind(let kind) = $0 { kind } else { nil } }) {
            for template in self[kind].keys { patterns.insert(glob(template.pieces)) }
            for edge in self[kind].edges {
                if case .pattern(let pieces) = edges[edge].resolution { patterns.insert(glob(pieces)) }
            }
        }
        return patterns.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// These kinds and all that depend on them. Edges that stop a cascade are followed here all the same: more is
    /// invalidated than needed, never less.
    package func downstream(of kinds: [KindIndex]) -> Set<KindIndex> {
        var found = Set(kinds)
        var frontier = kinds
        while let kind = frontier.popLast() {
            for edge in self[kind].edges {
                if let to = edges[edge].to, found.insert(to).inserted { frontier.append(to) }
            }
        }
        return found
    }

    /// The kinds that events of a topic can name.
    package func kinds(namedBy topic: Topic) -> [KindIndex] {
        if let kind = topic.kind { return [kind] }
        if !topic.types.isEmpty { return Set(topic.types.values.map(\.kind)).sorted() }
        return kinds.indices.map(KindIndex.init)
    }

    /// The glob pattern that covers every key of a template.
    package func glob(_ pieces: [KeyTemplate.Piece]) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .literal(let literal): bytes.append(contentsOf: literal)
            case .part: if bytes.last != UInt8(ascii: "*") { bytes.append(UInt8(ascii: "*")) }
            }
        }
        return bytes
    }
}
