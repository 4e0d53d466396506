/// A graph as the control record knows it: by name of each kind, and of each edge to a key pattern, what its cached
/// values depend on.
package struct GraphPrints: Hashable, Sendable {
    /// A fingerprint, and behind it the patterns of the keys, each on a line of its own: whoever comes with another
    /// graph must know which keys to remove.
    package let texts: [String: String]
    /// Of the whole graph: equal ones work side by side.
    package let name: String

    /// Another word with each change of the scripts that makes old and new ones wrong side by side (here: a log of
    /// touches that old ones don't know of). Its workers then take over as those of another graph do.
    private static let rules = "a log of touches, chains of a batch, memory compared"

    package init(_ graph: Graph) {
        var texts: [String: String] = [:]
        for index in graph.kinds.indices {
            let kind = graph.kinds[index]
            texts[kind.name] = Self.text(kind.fingerprint, kind.keys.map { graph.glob($0.pieces) })
        }
        for edge in graph.edges {
            guard case .pattern(let pieces) = edge.resolution else { continue }
            // No kind's name has a space in it.
            texts["edge \(edge.name)"] = Self.text(GraphFingerprint.of(edge, in: graph), [graph.glob(pieces)])
        }
        var hash = StableHash()
        hash.add(Self.rules)
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            hash.add(name)
            hash.add(text)
        }
        self.texts = texts
        name = hash.text
    }

    private static func text(_ fingerprint: String, _ patterns: [[UInt8]]) -> String {
        ([fingerprint] + patterns.map { String(decoding: $0, as: UTF8.self) }).joined(separator: "\n")
    }

    /// Stands for a fingerprint where it is known only that the keys must be removed.
    private static let unknown = "?"

    /// What differs in a record, with all patterns that either knows: to be written down before anything is removed,
    /// so that whoever comes next removes it too.
    package func changes(from known: [String: String]) -> [String: String] {
        var changes: [String: String] = [:]
        for name in Set(texts.keys).union(known.keys) where texts[name] != known[name] {
            let patterns = Set(Self.patterns(texts[name]) + Self.patterns(known[name]))
            changes[name] = Self.text(Self.unknown, patterns.sorted { $0.lexicographicallyPrecedes($1) })
        }
        return changes
    }

    /// The patterns of a text of `texts` or `changes`.
    package static func patterns(_ text: String?) -> [[UInt8]] {
        (text ?? "").split(separator: "\n").dropFirst().map { Array($0.utf8) }
    }
}
