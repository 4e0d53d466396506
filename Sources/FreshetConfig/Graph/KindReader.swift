import FreshetCore

/// One entry of `kinds`.
struct KindReader {
    static let maxParts = 8
    static let maxKeys = 32
    /// Ten years: longer than any cache, and far from the end of 64 bits.
    static let longestTimeToLive: Int64 = 3650 * 86_400_000
    static let longestGate: Int64 = 86_400_000

    let problems: ProblemCollector
    let readFile: (String) -> Result<String, SQLFileError>

    func read(_ name: String, _ node: YAMLNode, _ place: Place) -> DeclaredKind? {
        if !NameRule.isName(name) {
            problems.add(
                place, "`\(name)` can't be the name of a kind", "write letters, digits, `_`, `-` and `.`, 64 at most")
        }
        guard let reader = MappingReader(node, place, problems, expected: "id, keys …") else { return nil }
        var kind = DeclaredKind(name: name, place: place, id: id(reader), keys: [], hasVersion: false)
        kind.keys = keys(reader)
        kind.onChange = reader.choice("on-change", Kind.Treatment.self)
        kind.onReach = reader.choice("on-reach", Kind.Treatment.self)
        kind.removesAhead = reader.bool("remove-ahead") ?? false
        kind.hasVersion = reader.bool("version") ?? false
        if let gate = reader.mapping("gate", expected: "deadline and interval") { kind.gate = self.gate(gate) }
        kind.secondSweep = reader.duration("second-sweep", atMost: Self.longestGate)
        kind.warm = reader.string("warm-sql")
        if let upkeep = reader.mapping("upkeep", expected: "at-start, sample, refresh-every and jitter") {
            kind.upkeep = Located(value: self.upkeep(upkeep), place: upkeep.place)
        }
        reader.finish()
        return kind
    }

    private func id(_ reader: MappingReader) -> [Kind.IDPart] {
        let advice = "write `id: bigint`, `uuid` or `text`, or the parts of a composite id with their types"
        guard let found = reader.node("id") else {
            if !reader.has("id") { reader.missing("id", advice) }
            return []
        }
        switch found.value.content {
        case .scalar(let text, _):
            guard let type = reader.choice(Located(value: text, place: found.place), IDType.self) else { return [] }
            return [Kind.IDPart(name: "id", type: type)]
        case .mapping:
            guard let parts = MappingReader(found.value, found.place, problems, expected: advice) else { return [] }
            return composite(parts)
        case .sequence, .null:
            problems.add(found.place, "is \(MappingReader.describe(found.value))", advice)
            return []
        }
    }

    private func composite(_ parts: MappingReader) -> [Kind.IDPart] {
        if parts.all.isEmpty || parts.all.count > Self.maxParts {
            problems.add(parts.place, "has \(parts.all.count) parts", "an id has 1 to \(Self.maxParts) parts")
        }
        return parts.all.prefix(Self.maxParts).compactMap { part in
            if !NameRule.isColumn(part.name) || part.name == "doc" || part.name == "version" {
                problems.add(
                    part.place, "`\(part.name)` can't be the name of a part",
                    "write the name of the column: small letters, digits and `_`, but neither `doc` nor `version`")
            }
            return parts.choice(part.name, IDType.self).map { Kind.IDPart(name: part.name, type: $0) }
        }
    }

    private func keys(_ reader: MappingReader) -> [DeclaredKey] {
        guard let found = reader.node("keys") else {
            if !reader.has("keys") { reader.missing("keys", "list at least one key with its template") }
            return []
        }
        guard case .sequence(let nodes) = found.value.content, (1...Self.maxKeys).contains(nodes.count) else {
            problems.add(
                found.place, "is \(MappingReader.describe(found.value))",
                "write a list of 1 to \(Self.maxKeys) keys, each with its template")
            return []
        }
        return nodes.enumerated().compactMap { index, node in
            key(node, Place(line: node.line, path: "\(found.place.path)[\(index)]"))
        }
    }

    private func key(_ node: YAMLNode, _ place: Place) -> DeclaredKey? {
        guard let reader = MappingReader(node, place, problems, expected: "template, sql, ttl …") else { return nil }
        var key = DeclaredKey(place: place)
        key.template = reader.string("template")
        if !reader.has("template") { reader.missing("template", "write how the key is spelled, e.g. `team:{id}`") }
        key.sql = SQLSetting(readFile: readFile).read(reader)
        key.timeToLive = reader.duration("ttl", atMost: Self.longestTimeToLive)
        key.maxValueSize = reader.size("max-size", atMost: 512 << 20)
        key.jitter = jitter(reader, key.timeToLive)
        let isWritten = reader.has("sql") || reader.has("sql-file")
        if isWritten, !reader.has("ttl") {
            reader.missing("ttl", "say how long a value may live, e.g. `ttl: 30d`")
        }
        if !isWritten {
            for name in ["ttl", "jitter", "max-size"] where reader.has(name) {
                problems.add(
                    reader.at(name), "has no use for a key without `sql`, which is only ever invalidated",
                    "leave it out, or add `sql`")
            }
        }
        reader.finish()
        return key
    }

    /// A percentage of the time to live, or a duration below it; in thousandths.
    private func jitter(_ reader: MappingReader, _ timeToLive: Int64?) -> Int? {
        guard let found = reader.string("jitter") else { return nil }
        if let percent = Units.percent(found.value) {
            if percent <= 500 { return percent }
            problems.add(found.place, "`\(found.value)` is more than half of the time to live", "write at most 50%")
            return nil
        }
        guard let duration = Units.duration(found.value) else {
            problems.add(
                found.place, "`\(found.value)` is neither a percentage nor a duration", "write it as `5%` or as `10m`")
            return nil
        }
        guard let timeToLive else { return nil }
        if duration > timeToLive / 2 {
            problems.add(found.place, "`\(found.value)` is more than half of the time to live", "write a shorter one")
            return nil
        }
        // Rounded up: a jitter that was asked for is never none.
        return Int((duration * 1000 + timeToLive - 1) / timeToLive)
    }

    private func upkeep(_ reader: MappingReader) -> KindUpkeep {
        var upkeep = KindUpkeep()
        upkeep.atStart = reader.choice("at-start", KindUpkeep.AtStart.self) ?? upkeep.atStart
        upkeep.sample = reader.int("sample", in: 1...100_000) ?? upkeep.sample
        upkeep.refreshEvery = reader.duration("refresh-every", atMost: Self.longestTimeToLive)
        if let found = reader.string("jitter") {
            if let percent = Units.percent(found.value), percent <= 500 {
                upkeep.jitter = percent
            } else {
                problems.add(found.place, "`\(found.value)` is no percentage up to 50%", "write it as `10%`")
            }
        }
        reader.finish()
        return upkeep
    }

    private func gate(_ reader: MappingReader) -> Kind.Gate? {
        let deadline = reader.duration("deadline", atMost: Self.longestGate)
        let interval = reader.duration("interval", atMost: Self.longestGate)
        if !reader.has("deadline") {
            reader.missing("deadline", "say how long the row may stay behind its event, e.g. `deadline: 30s`")
        }
        reader.finish()
        guard let deadline else { return nil }
        // Some tries before the deadline, but no more often than ten times a second.
        let gate = Kind.Gate(deadline: deadline, interval: interval ?? max(100, min(1000, deadline / 10)))
        if gate.interval > gate.deadline {
            problems.add(
                reader.at("interval"), "is longer than the deadline of \(Units.write(duration: deadline))",
                "write a shorter one")
        }
        return gate
    }
}
