/// Events → tree. Goes on after a problem wherever the rest can still be understood.
struct YAMLBuilder {
    private let parser: YAMLParser
    private let file: String
    private(set) var problems: [ConfigProblem] = []
    private var nodes = 0
    private var path: [String] = []
    /// Set where the rest of the file can't be read; from then on every answer is empty.
    private var isOver = false

    init(parser: YAMLParser, file: String) {
        self.parser = parser
        self.file = file
    }

    /// The only document; a file without any is null.
    mutating func document() -> YAMLNode {
        let empty = YAMLNode(content: .null, line: 1, column: 1)
        guard let (first, _) = next() else { return empty }
        guard case .documentStart = first, let (kind, mark) = next() else { return empty }
        let root = node(kind, mark, depth: 1)
        if let (second, mark) = next(), case .documentStart = second {
            add(mark.line, "a second document starts here", "a configuration is one document; remove the `---`")
        }
        return root
    }

    private mutating func node(_ kind: YAMLEvent.Kind, _ mark: YAMLEvent.Mark, depth: Int) -> YAMLNode {
        refuseExtras(mark)
        nodes += 1
        if nodes > YAMLReader.maxNodes {
            stop(mark.line, "has more than \(YAMLReader.maxNodes) values", "split the configuration")
        } else if depth > YAMLReader.maxDepth {
            stop(mark.line, "is nested more than \(YAMLReader.maxDepth) levels deep", "no setting lies that deep")
        }
        var content = YAMLNode.Content.null
        switch kind {
        case .scalar(let text, let plain): content = Self.scalar(text, plain)
        case .sequenceStart: content = .sequence(isOver ? [] : sequence(depth))
        case .mappingStart: content = .mapping(isOver ? [] : mapping(depth))
        case .alias(let name):
            add(
                mark.line, "`*\(shown(name))` refers to an anchor",
                "anchors and aliases are not read; write the value out")
        case .documentStart, .sequenceEnd, .mappingEnd, .streamEnd: break
        }
        return YAMLNode(content: content, line: mark.line, column: mark.column)
    }

    private mutating func sequence(_ depth: Int) -> [YAMLNode] {
        var items: [YAMLNode] = []
        while let (kind, mark) = next() {
            if case .sequenceEnd = kind { break }
            path.append("[\(items.count)]")
            items.append(node(kind, mark, depth: depth + 1))
            path.removeLast()
        }
        return items
    }

    private mutating func mapping(_ depth: Int) -> [(key: String, keyLine: Int, value: YAMLNode)] {
        var members: [(key: String, keyLine: Int, value: YAMLNode)] = []
        var lines: [String: Int] = [:]
        while let (kind, mark) = next() {
            if case .mappingEnd = kind { break }
            let key = key(kind, mark, depth)
            path.append(key ?? "?")
            defer { path.removeLast() }
            guard let (valueKind, valueMark) = next() else { break }
            let value = node(valueKind, valueMark, depth: depth + 1)
            guard let key else { continue }
            if let first = lines[key] {
                add(mark.line, "stands twice, first in line \(first)", "keep one of the two")
            } else {
                lines[key] = mark.line
                members.append((key, mark.line, value))
            }
        }
        return members
    }

    /// nil after a problem; what was nested in it is read and dropped.
    private mutating func key(_ kind: YAMLEvent.Kind, _ mark: YAMLEvent.Mark, _ depth: Int) -> String? {
        if case .scalar(let text, _) = kind {
            refuseExtras(mark)
            if text == "<<" {
                add(mark.line, "`<<` merges another mapping", "merging is not read; write the settings out")
                return nil
            }
            if !text.isEmpty { return text }
        }
        _ = node(kind, mark, depth: depth + 1)
        if case .alias = kind { return nil }
        add(mark.line, "a key is not a name", "write `name: value`")
        return nil
    }

    private static func scalar(_ text: String, _ plain: Bool) -> YAMLNode.Content {
        plain && ["", "~", "null", "Null", "NULL"].contains(text) ? .null : .scalar(text, plain: plain)
    }

    private mutating func refuseExtras(_ mark: YAMLEvent.Mark) {
        if let anchor = mark.anchor {
            add(mark.line, "`&\(shown(anchor))` is an anchor", "anchors and aliases are not read; write the value out")
        }
        if let tag = mark.tag { add(mark.line, "`\(shown(tag))` is a tag", "tags are not read; remove it") }
    }

    /// A password that begins with `*`, `&` or `!` and isn't quoted looks like one of these.
    private func shown(_ name: String) -> String { path.last?.contains("password") ?? false ? "…" : name }

    /// nil when there is nothing more to read.
    private mutating func next() -> (YAMLEvent.Kind, YAMLEvent.Mark)? {
        if isOver { return nil }
        switch parser.next() {
        case .token(.streamEnd, _):
            isOver = true
            return nil
        case .token(let kind, let mark):
            return (kind, mark)
        case .broken(let fault):
            var wrong = "is not YAML: \(fault.problem)"
            if let context = fault.context { wrong += " \(context.words) that began in line \(context.line)" }
            stop(fault.line, wrong, Self.advice(fault), isPlaced: false)
            return nil
        }
    }

    private static func advice(_ fault: YAMLFault) -> String {
        switch fault.problem {
        case "found character that cannot start any token":
            "put the value in quotes, and indent with spaces, not tabs"
        case "found a tab character that violates indentation",
            "found a tab character where an indentation space is expected":
            "indent with spaces, not tabs"
        case "mapping values are not allowed in this context":
            "put a value with `: ` in it in quotes, and check the indentation"
        case "did not find expected key", "could not find expected ':'":
            "check the indentation, and that each name has a `:` behind it"
        case "found unexpected end of stream": "close the quotes or brackets"
        default: "look at column \(fault.column)"
        }
    }

    private mutating func add(_ line: Int, _ wrong: String, _ right: String, isPlaced: Bool = true) {
        guard problems.count < YAMLReader.maxProblems else {
            isOver = true
            return
        }
        let setting = isPlaced ? path.reduce("") { $0 + ($0.isEmpty || $1.hasPrefix("[") ? $1 : ".\($1)") } : ""
        problems.append(ConfigProblem(file: file, line: line, setting: setting, wrong: wrong, right: right))
    }

    private mutating func stop(_ line: Int, _ wrong: String, _ right: String, isPlaced: Bool = true) {
        if !isOver { add(line, wrong, right, isPlaced: isPlaced) }
        isOver = true
    }
}
