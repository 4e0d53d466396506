import FreshetCore

/// One declared topic → how its records are read.
struct TopicCompiler {
    let kinds: [DeclaredKind]
    let indices: [String: KindIndex]
    let problems: ProblemCollector

    func compile(_ topic: DeclaredTopic) -> Topic? {
        let ways = topic.waysToName
        if ways != 1 {
            problems.add(
                topic.place,
                ways == 0
                    ? "doesn't say which kind its events are about"
                    : "says in \(ways) ways which kind its events are about",
                "write exactly one of `kind` (all the same), `types` (by event type) or `fields.kind` (by a field)")
        }
        let kind = topic.kind.flatMap { index($0) }
        let types = meanings(topic)
        if topic.types != nil, topic.fields.type == nil {
            problems.add(
                topic.idPlace, "`types` needs to know where an event's type stands", "add `type: PATH` to `fields`")
        }
        let named = named(topic, kind: kind, types: types)
        var fields = topic.fields
        fields.id = id(topic, named) ?? []
        if topic.events == .capture, fields.transaction == nil, fields.version == nil {
            problems.add(
                topic.place,
                "captured events can be ahead of their commit's visibility, and nothing says which commit that is",
                "add `transaction` (the transaction's id) or `version` to `fields`")
        }
        guard let format = topic.format, let events = topic.events else { return nil }
        return Topic(
            name: topic.name, format: format, events: events, unknown: topic.unknown, types: types, kind: kind,
            fields: fields, maxRecordSize: topic.maxRecordSize)
    }

    private func meanings(_ topic: DeclaredTopic) -> [String: Topic.Meaning] {
        var types: [String: Topic.Meaning] = [:]
        switch topic.types {
        case nil: break
        case .auto?:
            for (index, kind) in kinds.enumerated() {
                let upsert = Topic.Meaning(kind: KindIndex(index), operation: .upsert)
                types["\(kind.name).created"] = upsert
                types["\(kind.name).updated"] = upsert
                types["\(kind.name).deleted"] = Topic.Meaning(kind: KindIndex(index), operation: .delete)
            }
        case .mapped(let mapped)?:
            for (type, kind, operation) in mapped {
                types[type] = index(kind).map { Topic.Meaning(kind: $0, operation: operation) }
            }
        }
        return types
    }

    /// The kinds that the topic's events can name.
    private func named(
        _ topic: DeclaredTopic, kind: KindIndex?, types: [String: Topic.Meaning]
    ) -> [DeclaredKind] {
        if topic.kind != nil { return kind.map { [kinds[Int($0.value)]] } ?? [] }
        if topic.types != nil { return Set(types.values.map(\.kind)).sorted().map { kinds[Int($0.value)] } }
        return topic.fields.kind == nil ? [] : kinds
    }

    private func id(_ topic: DeclaredTopic, _ named: [DeclaredKind]) -> [[String]]? {
        let named = named.filter { !$0.id.isEmpty }
        guard let first = named.first else { return nil }
        // The decoder finds each kind's columns by the names of its parts, in both images.
        if topic.id == nil, topic.format == .debezium { return nil }
        switch topic.id {
        case .inOrder(let paths)?:
            if let other = named.first(where: { $0.id.count != paths.count }) {
                problems.add(
                    topic.idPlace,
                    "has \(paths.count) \(paths.count == 1 ? "path" : "paths"), but the id of \(other.name) has "
                        + "\(other.id.count) \(other.id.count == 1 ? "part" : "parts")",
                    "write one path for each part; kinds with another number of parts need a topic of their own")
            }
            return paths
        case .byName(let paths)?:
            return id(byName: paths, topic, named)
        case nil:
            let names = first.id.map(\.name)
            // CloudEvents' own place for what an event is about.
            if topic.format == .cloudEvents, named.allSatisfy({ $0.id.count == 1 }) { return [["subject"]] }
            if let other = named.first(where: { $0.id.map(\.name) != names }) {
                problems.add(
                    topic.idPlace,
                    "the ids of \(first.name) and \(other.name) have other parts, so there is no common default",
                    "say where the id stands: `id: PATH`")
            }
            return names.map { Self.prefix(topic.format) + [$0] }
        }
    }

    private func id(
        byName paths: [(part: String, place: Place, path: [String])], _ topic: DeclaredTopic, _ named: [DeclaredKind]
    ) -> [[String]] {
        let parts = named[0].id.map(\.name)
        for path in paths where !parts.contains(path.part) {
            problems.add(
                path.place, "`\(path.part)` is no part of the id of \(named[0].name)",
                NearestName.advice(path.part, among: parts))
        }
        for other in named.dropFirst() where other.id.map(\.name) != parts {
            problems.add(
                topic.idPlace, "the id of \(other.name) has other parts than that of \(named[0].name)",
                "kinds with other parts need a topic of their own")
        }
        return parts.compactMap { part in
            if let path = paths.first(where: { $0.part == part }) { return path.path }
            problems.add(topic.idPlace, "has no path for `\(part)`", "write `\(part): PATH`")
            return nil
        }
    }

    /// Where a row's columns stand in each format.
    private static func prefix(_ format: Topic.Format?) -> [String] {
        switch format {
        case .cloudEvents?: ["data"]
        case .debezium?, .json?, nil: []
        }
    }

    private func index(_ name: Located<String>) -> KindIndex? {
        if let index = indices[name.value] { return index }
        problems.add(unknownKind: name, among: kinds.map(\.name))
        return nil
    }
}
