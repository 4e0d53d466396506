import FreshetCore

/// What begins with one text: the keys of a deployment begin with its prefix and separator.
struct KeySpace: Hashable, Sendable {
    let start: String

    init(start: String) { self.start = start }

    init(_ namespace: Graph.Namespace) { start = namespace.prefix + namespace.separator }

    /// The control record of a deployment that has it.
    var record: String { start + "freshet" }

    /// Redis' own pattern for all of it, whatever the text holds.
    var pattern: String { Self.escape(start) + "*" }

    /// The same for what also ends with a text.
    func pattern(ending end: String) -> String { pattern + Self.escape(end) }

    /// By bytes, as Redis compares.
    func contains(_ other: KeySpace) -> Bool { other.start.utf8.starts(with: start.utf8) }

    private static func escape(_ text: String) -> String {
        text.map { "*?[]\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
