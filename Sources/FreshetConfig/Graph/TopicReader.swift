import FreshetCore

/// One entry of `topics`.
struct TopicReader {
    static let defaultRecordSize = 1 << 20

    let problems: ProblemCollector

    func read(_ name: String, _ node: YAMLNode, _ place: Place) -> DeclaredTopic? {
        if !NameRule.isTopic(name) {
            problems.add(place, "`\(name)` can't be the name of a topic", "Kafka allows letters, digits, `.`, `_`, `-`")
        }
        guard let reader = MappingReader(node, place, problems, expected: "format, events, fields …") else {
            return nil
        }
        var topic = DeclaredTopic(
            name: name, place: place, unknown: .ignore, fields: Topic.Fields(), idPlace: reader.at("fields"),
            maxRecordSize: Self.defaultRecordSize)
        topic.format = reader.choice("format", Topic.Format.self)
        if !reader.has("format") {
            reader.missing(
                "format", "write one of \(Topic.Format.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))")
        }
        topic.events = events(reader, topic.format)
        topic.unknown = reader.choice("unknown", Topic.Unknown.self) ?? .ignore
        topic.kind = reader.string("kind")
        topic.types = types(reader)
        topic.waysToName = ["kind", "types"].filter(reader.has).count
        topic.maxRecordSize = reader.size("max-size", atMost: 64 << 20) ?? Self.defaultRecordSize
        fields(reader, &topic)
        reader.finish()
        return topic
    }

    private func events(_ reader: MappingReader, _ format: Topic.Format?) -> Topic.Events? {
        let said = reader.choice("events", Topic.Events.self)
        if format == .debezium {
            if said == .afterCommit {
                problems.add(
                    reader.at("events"), "Debezium reads the log and can be ahead of a commit's visibility",
                    "write `events: capture`, or leave the line out")
            }
            return .capture
        }
        if !reader.has("events") {
            reader.missing(
                "events",
                "write `after-commit` if the producer sends after its commit returned, `capture` for change data "
                    + "capture and relays built on it")
        }
        return said
    }

    private func types(_ reader: MappingReader) -> DeclaredTopic.Types? {
        guard let found = reader.node("types") else { return nil }
        if case .scalar(let text, _) = found.value.content {
            if text == "auto" { return .auto }
            problems.add(
                found.place, "is the value `\(text)`",
                "write `auto` (KIND.created, KIND.updated, KIND.deleted), or what each type means")
            return nil
        }
        guard let types = MappingReader(found.value, found.place, problems, expected: "what each type means") else {
            return nil
        }
        if types.all.isEmpty { problems.add(types.place, "is empty", "write what each type means") }
        return .mapped(types.all.compactMap { type($0.name, $0.node, $0.place) })
    }

    /// `match.deleted: {kind: match, operation: delete}`, or `match.updated: match`.
    private func type(
        _ name: String, _ node: YAMLNode, _ place: Place
    ) -> (type: String, kind: Located<String>, operation: Change.Operation)? {
        if case .scalar(let kind, _) = node.content {
            return (name, Located(value: kind, place: place), .upsert)
        }
        guard let reader = MappingReader(node, place, problems, expected: "kind and operation") else { return nil }
        let kind = reader.string("kind")
        if !reader.has("kind") { reader.missing("kind", "name the kind that events of this type are about") }
        let operation = reader.choice("operation", OperationName.self) ?? .upsert
        reader.finish()
        return kind.map { (name, $0, operation.operation) }
    }

    enum OperationName: String, CaseIterable {
        case upsert, delete, truncate

        var operation: Change.Operation {
            switch self {
            case .upsert: .upsert
            case .delete: .delete
            case .truncate: .truncate
            }
        }
    }

    private func fields(_ reader: MappingReader, _ topic: inout DeclaredTopic) {
        topic.fields = defaults(topic)
        let fields = reader.mapping("fields", expected: "the paths of type, id, version …")
        // One topic per table, or all of them in one: where nothing is said, the table's name is the kind's.
        if topic.format == .debezium, topic.waysToName == 0, fields?.has("kind") != true {
            topic.fields.kind = ["source", "table"]
            topic.waysToName = 1
        }
        guard let fields else { return }
        topic.idPlace = fields.at("id")
        topic.id = id(fields)
        if fields.has("kind") { topic.waysToName += 1 }
        for (name, field) in [
            ("type", \Topic.Fields.type), ("kind", \.kind), ("operation", \.operation), ("version", \.version),
            ("time", \.time), ("transaction", \.transaction), ("traceparent", \.traceparent),
        ] as [(String, WritableKeyPath<Topic.Fields, [String]?>)] {
            if let path = fields.path(name) { topic.fields[keyPath: field] = path }
        }
        fields.finish()
    }

    /// What the formats themselves say about where things stand.
    private func defaults(_ topic: DeclaredTopic) -> Topic.Fields {
        var fields = Topic.Fields()
        switch topic.format {
        case .json?, nil:
            if topic.types != nil { fields.type = ["type"] }
        case .cloudEvents?:
            fields.type = ["type"]
            fields.time = ["time"]
            fields.traceparent = ["traceparent"]
        case .debezium?:
            fields.operation = ["op"]
            fields.time = ["source", "ts_ms"]
            fields.transaction = ["source", "txId"]
        }
        return fields
    }

    /// One path; a list of paths, one per part in order; or a path for each part by its name.
    private func id(_ fields: MappingReader) -> DeclaredTopic.IDPaths? {
        guard let found = fields.node("id") else { return nil }
        switch found.value.content {
        case .scalar:
            return fields.path(found.value, found.place).map { .inOrder([$0]) }
        case .sequence(let nodes):
            let paths = nodes.enumerated().compactMap { index, node in
                fields.path(node, Place(line: node.line, path: "\(found.place.path)[\(index)]"))
            }
            return paths.count == nodes.count ? .inOrder(paths) : nil
        case .mapping:
            guard let parts = MappingReader(found.value, found.place, problems, expected: "a path for each part")
            else { return nil }
            return .byName(
                parts.all.compactMap { part in
                    parts.path(part.node, part.place).map { (part.name, part.place, $0) }
                })
        case .null: return nil
        }
    }
}
