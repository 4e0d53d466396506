import FreshetCore

/// The graph file's tree → what it declares, setting by setting.
struct GraphReader {
    /// Bounds on what one file may declare, so that every later step is bounded too.
    static let maxKinds = 1000
    static let maxEdges = 10_000
    static let maxTopics = 1000

    let problems: ProblemCollector
    /// Reads a file named by `sql-file`, relative to the graph file.
    let readFile: (String) -> Result<String, SQLFileError>

    func read(_ node: YAMLNode) -> DeclaredGraph? {
        let root = Place(line: node.line, path: "")
        guard let file = MappingReader(node, root, problems, expected: "the graph's settings: freshet, topics, kinds …")
        else { return nil }
        if file.has("freshet") {
            if let version = file.string("freshet"), version.value != "1" {
                problems.add(
                    version.place, "`\(version.value)` is no version of this format that is known here",
                    "write `freshet: 1`")
            }
        } else {
            _ = file.string("freshet")
            file.missing("freshet", "write `freshet: 1`, the version of the file's format")
        }
        var graph = DeclaredGraph(place: root, boundsPlace: file.at("bounds"))
        if let namespace = file.mapping("namespace", expected: "prefix, separator and max-key-length") {
            graph.namespace = self.namespace(namespace)
        }
        if let bounds = file.mapping("bounds", expected: "depth and fan-out") {
            graph.bounds.depth = bounds.int("depth", in: 1...64) ?? graph.bounds.depth
            graph.bounds.fanOut = bounds.int("fan-out", in: 1...1_000_000) ?? graph.bounds.fanOut
            graph.boundsPlace = bounds.at("depth")
            bounds.finish()
        }
        graph.topics = topics(file)
        graph.kinds = kinds(file)
        graph.edges = edges(file)
        file.finish()
        return graph
    }

    private func namespace(_ reader: MappingReader) -> Graph.Namespace {
        var namespace = Graph.Namespace()
        if let separator = reader.string("separator") {
            if TemplateText.separators.contains(separator.value) {
                namespace.separator = separator.value
            } else {
                problems.add(
                    separator.place, "`\(separator.value)` can't be the separator",
                    "write one character that ids hold only escaped: \(TemplateText.separatorList)")
            }
        }
        if let prefix = reader.string("prefix") {
            if let flaw = PrefixRule.flaw(prefix.value) {
                problems.add(prefix.place, flaw, "write a short prefix such as `v1`")
            } else {
                namespace.prefix = prefix.value
            }
        }
        // Redis takes more, but a key is held in memory for every value.
        namespace.maxKeyLength = reader.int("max-key-length", in: 16...4096) ?? namespace.maxKeyLength
        reader.finish()
        return namespace
    }

    private func topics(_ file: MappingReader) -> [DeclaredTopic] {
        guard let topics = file.mapping("topics", expected: "one entry per topic, by its name") else {
            if !file.has("topics") {
                file.missing("topics", "declare at least one topic: without events nothing is done")
            }
            return []
        }
        let all = bounded(topics.all, Self.maxTopics, topics.place, "topics")
        return all.compactMap { TopicReader(problems: problems).read($0.name, $0.node, $0.place) }
    }

    private func kinds(_ file: MappingReader) -> [DeclaredKind] {
        guard let kinds = file.mapping("kinds", expected: "one entry per kind, by its name") else {
            if !file.has("kinds") { file.missing("kinds", "declare at least one kind") }
            return []
        }
        let all = bounded(kinds.all, Self.maxKinds, kinds.place, "kinds")
        return all.compactMap { KindReader(problems: problems, readFile: readFile).read($0.name, $0.node, $0.place) }
    }

    private func edges(_ file: MappingReader) -> [DeclaredEdge] {
        guard let found = file.node("edges") else { return [] }
        guard case .sequence(let nodes) = found.value.content else {
            problems.add(found.place, "is \(MappingReader.describe(found.value))", "write a list of edges")
            return []
        }
        return bounded(nodes, Self.maxEdges, found.place, "edges").enumerated().compactMap { index, node in
            let place = Place(line: node.line, path: "edges[\(index)]")
            return EdgeReader(problems: problems, readFile: readFile).read(node, place)
        }
    }

    private func bounded<Element>(_ all: [Element], _ bound: Int, _ place: Place, _ what: String) -> [Element] {
        if all.count > bound {
            problems.add(place, "has \(all.count) \(what)", "one graph holds at most \(bound)")
        }
        return Array(all.prefix(bound))
    }
}

/// `sql` or `sql-file`, which kinds and edges share.
struct SQLSetting {
    let readFile: (String) -> Result<String, SQLFileError>

    func read(_ reader: MappingReader) -> Located<String>? {
        let inline = reader.string("sql")
        let file = reader.string("sql-file")
        if let inline, let file {
            reader.problems.add(file.place, "stands beside `sql`", "keep one of the two")
            return inline
        }
        guard let file else { return inline }
        switch readFile(file.value) {
        case .success(let text): return Located(value: text, place: file.place)
        case .failure(let error):
            reader.problems.add(
                file.place, "can't read `\(file.value)`: \(error.reason)",
                "paths are relative to the graph file")
            return nil
        }
    }
}
