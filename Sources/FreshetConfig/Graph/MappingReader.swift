/// A mapping of the file: hands out its settings by name, and in the end complains about those that nobody asked for.
final class MappingReader {
    let problems: ProblemCollector
    let place: Place
    private let entries: [(key: String, keyLine: Int, value: YAMLNode)]
    private var known: [String] = []

    /// nil, and a problem, if `node` is no mapping.
    init?(_ node: YAMLNode, _ place: Place, _ problems: ProblemCollector, expected: String) {
        self.problems = problems
        self.place = place
        guard case .mapping(let entries) = node.content else {
            problems.add(place, "is \(MappingReader.describe(node))", "write \(expected)")
            return nil
        }
        self.entries = entries
    }

    static func describe(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let text, _): "the value `\(text.prefix(60))`"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .null: "empty"
        }
    }

    /// All settings, for mappings whose names are the user's own.
    var all: [(name: String, place: Place, node: YAMLNode)] {
        entries.map { ($0.key, Place(line: $0.keyLine, path: place.appending($0.key).path), $0.value) }
    }

    /// Whether the setting is written down at all, even without a value.
    func has(_ name: String) -> Bool { entries.contains { $0.key == name } }

    func at(_ name: String) -> Place {
        let line = entries.first { $0.key == name }?.keyLine ?? place.line
        return Place(line: line, path: place.appending(name).path)
    }

    /// The setting's node; nil where it is missing, and with a problem where it has no value.
    func node(_ name: String) -> Located<YAMLNode>? {
        if !known.contains(name) { known.append(name) }
        guard let entry = entries.first(where: { $0.key == name }) else { return nil }
        if case .null = entry.value.content {
            problems.add(at(name), "has no value", "give it one, or leave the line out")
            return nil
        }
        return Located(value: entry.value, place: at(name))
    }

    func mapping(_ name: String, expected: String) -> MappingReader? {
        node(name).flatMap { MappingReader($0.value, $0.place, problems, expected: expected) }
    }

    /// Complains about every setting that was not asked for.
    func finish() {
        for entry in entries where !known.contains(entry.key) {
            problems.add(at(entry.key), "there is no such setting", NearestName.advice(entry.key, among: known))
        }
    }

    func missing(_ name: String, _ right: String) {
        problems.add(Place(line: place.line, path: place.appending(name).path), "is missing", right)
    }
}
