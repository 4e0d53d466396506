import FreshetCore

/// The text of a key template or pattern → its pieces.
struct TemplateText {
    /// ASCII punctuation that ids hold only percent-escaped and that means nothing to SCAN or to a template.
    static let separators: Set<String> = [":", "/", "|", "#", ";", "~", "!", "$", "&"]
    static let separatorList = separators.sorted().map { "`\($0)`" }.joined(separator: " ")

    let kind: [Kind.IDPart]
    let kindName: String
    let namespace: Graph.Namespace
    let problems: ProblemCollector

    /// What a fixed word of a key must not hold; nil if it is sound.
    static func flaw(literal: String, glob: Bool = false) -> String? {
        for scalar in literal.unicodeScalars {
            switch scalar {
            case "*", "?":
                if !glob { return "holds the glob character `\(scalar)`" }
            case "[", "]", "^", "\\":
                return "holds the glob character `\(scalar)`"
            case "%": return "holds `%`, which begins an escaped byte in keys"
            case "{", "}": return "holds a `\(scalar)` without its partner"
            case "\"", "'", "`": return "holds a quotation mark"
            default:
                let value = scalar.value
                if value <= 0x20 || (0x7F...0xA0).contains(value) { return "holds a space or control character" }
            }
        }
        return nil
    }

    /// nil, with problems, where the text is no template.
    func pieces(_ text: Located<String>, glob: Bool = false) -> [KeyTemplate.Piece]? {
        let what = glob ? "pattern" : "template"
        guard !text.value.isEmpty else {
            problems.add(text.place, "is empty", "write a \(what) such as `\(example(glob))`")
            return nil
        }
        let start = namespace.prefix + namespace.separator
        if text.value.hasPrefix(start) {
            problems.add(
                text.place, "begins with the namespace's prefix `\(start)`, which is put in front of every key anyway",
                "write `\(text.value.dropFirst(start.count))`")
            return nil
        }
        var pieces: [KeyTemplate.Piece] = []
        var literal = start
        var rest = text.value[...]
        var isSound = true
        while let brace = rest.firstIndex(of: "{") {
            literal += rest[..<brace]
            rest = rest[rest.index(after: brace)...]
            guard let end = rest.firstIndex(of: "}") else {
                problems.add(text.place, "has a `{` without its `}`", "write a \(what) such as `\(example(glob))`")
                return nil
            }
            let name = String(rest[..<end])
            rest = rest[rest.index(after: end)...]
            guard let part = kind.firstIndex(where: { $0.name == name }) else {
                problems.add(
                    text.place, "`{\(name)}` is no part of the id of \(kindName)",
                    NearestName.advice(name, among: kind.map(\.name)))
                isSound = false
                continue
            }
            if !literal.isEmpty { pieces.append(.literal(Array(literal.utf8))) }
            literal = ""
            pieces.append(.part(part))
        }
        literal += rest
        if !literal.isEmpty { pieces.append(.literal(Array(literal.utf8))) }
        for case .literal(let bytes) in pieces {
            if let flaw = Self.flaw(literal: String(decoding: bytes, as: UTF8.self), glob: glob) {
                problems.add(text.place, flaw, "write a \(what) such as `\(example(glob))`")
                return nil
            }
        }
        return isSound ? pieces : nil
    }

    private func example(_ glob: Bool) -> String {
        let parts = kind.map { "{\($0.name)}" }.joined(separator: namespace.separator)
        return "\(kindName)\(namespace.separator)\(parts)" + (glob ? "\(namespace.separator)*" : "")
    }
}
