import FreshetCore

/// One entry of `edges`.
struct EdgeReader {
    let problems: ProblemCollector
    let readFile: (String) -> Result<String, SQLFileError>

    func read(_ node: YAMLNode, _ place: Place) -> DeclaredEdge? {
        guard
            let reader = MappingReader(node, place, problems, expected: "from, to and one of sql, field, all, pattern")
        else { return nil }
        var edge = DeclaredEdge(place: place, stops: false, remembers: false)
        edge.name = name(reader)
        (edge.from, edge.to) = ends(reader)
        edge.resolution = resolution(reader)
        edge.stops = reader.bool("stops") ?? false
        edge.remembers = reader.bool("remembers") ?? false
        edge.pairs = reader.string("pairs-sql")
        if let pairs = edge.pairs, !edge.remembers {
            problems.add(pairs.place, "has no meaning here: the edge remembers nothing", "add `remembers: true`")
        }
        edge.readModel = reader.choice("read-model", DeclaredEdge.ReadModel.self)
        if case .pattern? = edge.resolution {
            refuse(reader, ["to", "kind", "depends-on", "stops", "read-model"], "a key pattern leads to no kind")
        }
        if edge.remembers {
            if case .sql? = edge.resolution {
            } else if edge.resolution != nil {
                refuse(reader, ["remembers"], "only what an edge by `sql` found is remembered")
            }
        }
        reader.finish()
        return edge
    }

    private func name(_ reader: MappingReader) -> Located<String>? {
        guard let name = reader.string("name") else { return nil }
        if NameRule.isName(name.value) { return name }
        problems.add(
            name.place, "`\(name.value)` can't be the name of an edge",
            "write letters, digits, `_`, `-` and `.`, 64 at most")
        return nil
    }

    /// `from` and `to`, or the same relation told from the other end: `kind` and `depends-on`.
    private func ends(_ reader: MappingReader) -> (from: Located<String>?, to: Located<String>?) {
        let from = reader.string("from")
        let to = reader.string("to")
        let kind = reader.string("kind")
        let dependsOn = reader.string("depends-on")
        let isForward = reader.has("from") || reader.has("to")
        let isBackward = reader.has("kind") || reader.has("depends-on")
        if isForward, isBackward {
            problems.add(
                reader.place, "is declared in both directions",
                "write either `from` and `to`, or `kind` and `depends-on`")
            return (nil, nil)
        }
        if isBackward {
            for name in ["kind", "depends-on"] where !reader.has(name) {
                reader.missing(name, "`kind` changes when what it depends on changes: name both kinds")
            }
            return (dependsOn, kind)
        }
        if !reader.has("from") { reader.missing("from", "name the kind whose change is followed") }
        if !reader.has("to"), !reader.has("pattern") { reader.missing("to", "name the kind that changes with it") }
        return (from, to)
    }

    private func resolution(_ reader: MappingReader) -> DeclaredEdge.Resolution? {
        let sql = SQLSetting(readFile: readFile).read(reader)
        let field = reader.path("field")
        let all = reader.bool("all")
        let pattern = reader.string("pattern")
        let ways = ["sql", "sql-file", "field", "all", "pattern"].filter(reader.has)
        let choices = "`sql`, `field`, `all: true` or `pattern`"
        // `sql` beside `sql-file` has been told already.
        guard ways.count == 1 || ways == ["sql", "sql-file"] else {
            let wrong =
                ways.isEmpty
                ? "doesn't say how the dependants are found" : "says in \(ways.count) ways how the dependants are found"
            problems.add(reader.place, wrong, "write exactly one of \(choices)")
            return nil
        }
        if let sql { return .sql(sql) }
        if let field { return .field(field) }
        if let pattern { return .pattern(pattern) }
        if all == true { return .all }
        if all == false { problems.add(reader.at("all"), "is `false`", "write exactly one of \(choices)") }
        return nil
    }

    private func refuse(_ reader: MappingReader, _ names: [String], _ why: String) {
        for name in names where reader.has(name) {
            problems.add(reader.at(name), "has no meaning here: \(why)", "leave it out")
        }
    }
}
