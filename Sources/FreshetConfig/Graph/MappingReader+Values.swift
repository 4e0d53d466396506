extension MappingReader {
    /// Text, whether quoted or not.
    func string(_ name: String) -> Located<String>? {
        guard let found = node(name) else { return nil }
        guard case .scalar(let text, _) = found.value.content else {
            problems.add(found.place, "is \(Self.describe(found.value))", "write one value")
            return nil
        }
        return Located(value: text, place: found.place)
    }

    func bool(_ name: String) -> Bool? {
        guard let found = string(name) else { return nil }
        switch found.value {
        // As in the settings file.
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            problems.add(found.place, "`\(found.value)` is neither true nor false", "write `true` or `false`")
            return nil
        }
    }

    func int(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let found = string(name) else { return nil }
        guard let value = Int(found.value), range.contains(value) else {
            problems.add(
                found.place, "`\(found.value)` is no whole number from \(range.lowerBound) to \(range.upperBound)",
                "write one of these")
            return nil
        }
        return value
    }

    /// Milliseconds; zero is refused.
    func duration(_ name: String, atMost bound: Int64) -> Int64? {
        guard let found = string(name) else { return nil }
        guard let value = Units.duration(found.value) else {
            problems.add(found.place, "`\(found.value)` is no duration", Units.durationForm)
            return nil
        }
        guard value > 0, value <= bound else {
            let limit = Units.write(duration: bound)
            problems.add(found.place, "`\(found.value)` is not between 1ms and \(limit)", "write a duration in between")
            return nil
        }
        return value
    }

    /// Bytes; zero is refused.
    func size(_ name: String, atMost bound: Int) -> Int? {
        guard let found = string(name) else { return nil }
        guard let value = Units.size(found.value) else {
            problems.add(found.place, "`\(found.value)` is no size", Units.sizeForm)
            return nil
        }
        guard value > 0, value <= bound else {
            let limit = Units.write(size: bound)
            problems.add(found.place, "`\(found.value)` is not between 1B and \(limit)", "write a size in between")
            return nil
        }
        return value
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        string(name).flatMap { choice($0, type) }
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ found: Located<String>, _ type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        if let choice = Choice(rawValue: found.value) { return choice }
        let known = Choice.allCases.map(\.rawValue)
        problems.add(
            found.place, "`\(found.value)` is unknown here", NearestName.advice(found.value, among: known))
        return nil
    }

    /// A path of names into a JSON value: `data.team.id`, or a list of names where one of them holds a dot.
    func path(_ name: String) -> [String]? {
        node(name).flatMap { path($0.value, $0.place) }
    }

    func path(_ node: YAMLNode, _ place: Place) -> [String]? {
        var names: [String] = []
        switch node.content {
        case .scalar(let text, _):
            names = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        case .sequence(let nodes):
            for case .scalar(let text, _) in nodes.map(\.content) { names.append(text) }
            if names.count != nodes.count { names = [] }
        case .mapping, .null: break
        }
        // As deep as the decoders follow a path.
        if names.isEmpty || names.count > 16 || names.contains("") {
            problems.add(
                place, "is no path into a JSON value", "write up to 16 names joined by dots, as in `data.id`")
            return nil
        }
        return names
    }
}
