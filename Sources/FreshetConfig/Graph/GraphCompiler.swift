import FreshetCore

/// What the file declares → the graph that the worker follows. Names become indices, SQL becomes statements.
struct GraphCompiler {
    let declared: DeclaredGraph
    let problems: ProblemCollector
    private(set) var statements: [Statement] = []
    private(set) var statementPlaces: [Place] = []
    private(set) var questions: [ConfigProblem] = []
    /// Beside each compiled edge and key, where it stands.
    private(set) var edgePlaces: [Place] = []
    private(set) var templatePlaces: [[Place]] = []
    private var indices: [String: KindIndex] = [:]

    init(_ declared: DeclaredGraph, _ problems: ProblemCollector) {
        self.declared = declared
        self.problems = problems
        for (index, kind) in declared.kinds.enumerated() where indices[kind.name] == nil {
            indices[kind.name] = KindIndex(index)
        }
    }

    static let defaultJitter = 50
    static let defaultValueSize = 1 << 20

    mutating func compile() -> Graph {
        var kinds = declared.kinds.map { kind in compile(kind) }
        var edges: [Edge] = []
        for declaration in declared.edges {
            guard let edge = compile(declaration) else { continue }
            kinds[Int(edge.from.value)].edges.append(edges.count)
            edges.append(edge)
            edgePlaces.append(declaration.place)
        }
        for (index, kind) in declared.kinds.enumerated() {
            kinds[index].warm = compileWarm(kind)
            if let upkeep = kind.upkeep { kinds[index].upkeep = upkeep.value }
        }
        let topics = declared.topics.compactMap { topic in
            TopicCompiler(kinds: declared.kinds, indices: indices, problems: problems).compile(topic)
        }
        var graph = Graph(
            namespace: declared.namespace, bounds: declared.bounds, kinds: kinds, edges: edges, topics: topics,
            statements: statements)
        for kind in kinds.indices {
            graph.kinds[kind].fingerprint = GraphFingerprint.of(KindIndex(kind), in: graph)
        }
        return graph
    }

    private mutating func compile(_ kind: DeclaredKind) -> Kind {
        var keys: [KeyTemplate] = []
        var places: [Place] = []
        for key in kind.keys {
            guard let template = compile(key, of: kind) else { continue }
            keys.append(template)
            places.append(key.template?.place ?? key.place)
        }
        templatePlaces.append(places)
        let isRead = kind.keys.contains { $0.sql != nil }
        for (name, treatment) in [("on-change", kind.onChange), ("on-reach", kind.onReach)] where treatment == .refresh
        {
            if !isRead, !kind.keys.isEmpty {
                problems.add(
                    kind.place.appending(name), "is `refresh`, but no key of \(kind.name) has SQL to read it by",
                    "add `sql` to a key, or write `\(name): invalidate`")
            }
        }
        if kind.hasVersion, !isRead, !kind.keys.isEmpty {
            problems.add(
                kind.place.appending("version"), "no key of \(kind.name) has SQL that could return a version",
                "add `sql` to a key, or leave `version` out")
        }
        if kind.gate != nil, !kind.hasVersion {
            problems.add(
                kind.place.appending("gate"), "needs the row's version to compare with the event's",
                "add `version: true`, and the column `version` to the SQL")
        }
        var compiled = Kind(
            name: kind.name, id: kind.id, keys: keys, onChange: kind.onChange ?? (isRead ? .refresh : .invalidate),
            onReach: kind.onReach ?? .invalidate, hasVersion: kind.hasVersion, gate: kind.gate,
            secondSweep: kind.secondSweep, edges: [], fingerprint: "")
        compiled.removesAhead = kind.removesAhead
        if kind.removesAhead, compiled.onChange == .refresh {
            problems.add(
                kind.place.appending("remove-ahead"), "is for keys that are removed, but \(kind.name) is refreshed",
                "write `on-change: invalidate`, or leave `remove-ahead` out")
        }
        return compiled
    }

    private mutating func compileWarm(_ kind: DeclaredKind) -> Int? {
        if kind.warm == nil, let upkeep = kind.upkeep {
            problems.add(
                upkeep.place, "nothing says which entities of \(kind.name) to load",
                "add `warm-sql`, which lists their ids")
        }
        guard let sql = kind.warm, !kind.id.isEmpty else { return nil }
        if !kind.keys.isEmpty, !kind.keys.contains(where: { $0.sql != nil }) {
            problems.add(
                sql.place, "no key of \(kind.name) has SQL to load it by", "add `sql` to a key, or leave this out")
        }
        return add(
            Statement(
                name: "kind \(kind.name), warm-sql", sql: sql.value, parameters: [],
                columns: kind.id.map { Statement.Column(name: $0.name, type: .id($0.type)) }), sql.place)
    }

    private mutating func compile(_ key: DeclaredKey, of kind: DeclaredKind) -> KeyTemplate? {
        guard let template = key.template, !kind.id.isEmpty else { return nil }
        let text = TemplateText(
            kind: kind.id, kindName: kind.name, namespace: declared.namespace, problems: problems)
        let pieces = text.pieces(template)
        if let pieces {
            let unused = kind.id.indices.filter { !pieces.contains(.part($0)) }.map { "{\(kind.id[$0].name)}" }
            if !unused.isEmpty {
                problems.add(
                    template.place,
                    "doesn't use \(unused.joined(separator: ", ")): several entities would share one key",
                    "use every part of the id")
            }
        }
        var statement: Int?
        if let sql = key.sql {
            let columns =
                kind.id.map { Statement.Column(name: $0.name, type: .id($0.type)) }
                + [Statement.Column(name: "doc", type: .document)]
                + (kind.hasVersion ? [Statement.Column(name: "version", type: .version)] : [])
            statement = add(
                Statement(
                    name: "kind \(kind.name), key \(template.value)", sql: sql.value,
                    parameters: kind.id.map(\.type), columns: columns), sql.place)
        }
        guard let pieces else { return nil }
        return KeyTemplate(
            source: template.value, pieces: pieces, statement: statement, timeToLive: key.timeToLive ?? 0,
            jitter: key.jitter ?? Self.defaultJitter, maxValueSize: key.maxValueSize ?? Self.defaultValueSize)
    }

    private mutating func compile(_ edge: DeclaredEdge) -> Edge? {
        let from = edge.from.flatMap { kind($0) }
        let to = edge.to.flatMap { kind($0) }
        guard let from, let resolution = edge.resolution else { return nil }
        let fromKind = declared.kinds[Int(from.value)]
        if fromKind.id.isEmpty { return nil }
        var resolved: Edge.Resolution
        switch resolution {
        case .pattern(let pattern):
            let text = TemplateText(
                kind: fromKind.id, kindName: fromKind.name, namespace: declared.namespace, problems: problems)
            guard let pieces = text.pieces(pattern, glob: true) else { return nil }
            resolved = .pattern(pieces)
        case .sql(let sql):
            guard let to else { return nil }
            let toKind = declared.kinds[Int(to.value)]
            let columns = (fromKind.id + toKind.id).map { Statement.Column(name: nil, type: .id($0.type)) }
            resolved = .sql(
                statement: add(
                    Statement(
                        name: "edge \(edge.name?.value ?? "\(fromKind.name) → \(toKind.name)")", sql: sql.value,
                        parameters: fromKind.id.map(\.type), columns: columns), sql.place))
        case .field(let path):
            guard let to else { return nil }
            let toKind = declared.kinds[Int(to.value)]
            if toKind.id.count > 1 {
                problems.add(
                    edge.place, "one field can't hold the id of \(toKind.name), which has \(toKind.id.count) parts",
                    "resolve it by `sql`")
            }
            resolved = .field(path)
        case .all: resolved = .all
        }
        let pairs = compilePairs(edge, fromKind, to)
        let isPattern = if case .pattern = resolved { true } else { false }
        guard isPattern || to != nil else { return nil }
        ask(edge, from, to)
        let target = to.map { declared.kinds[Int($0.value)].name } ?? "pattern"
        return Edge(
            name: edge.name?.value ?? "\(fromKind.name)->\(target)", from: from, to: isPattern ? nil : to,
            resolution: resolved, stops: edge.stops, remembers: edge.remembers,
            isProjected: edge.readModel == .projected, pairs: pairs)
    }

    /// All pairs of an edge that remembers. In the order of the children, so that one child's parents come together.
    private mutating func compilePairs(_ edge: DeclaredEdge, _ from: DeclaredKind, _ to: KindIndex?) -> Int? {
        guard let sql = edge.pairs, let to else { return nil }
        let toKind = declared.kinds[Int(to.value)]
        let columns = (from.id + toKind.id).map { Statement.Column(name: nil, type: .id($0.type)) }
        let order = from.id.indices.map { "\($0 + 1)" }.joined(separator: ", ")
        let index = add(
            Statement(
                name: "edge \(edge.name?.value ?? "\(from.name) → \(toKind.name)"), pairs-sql", sql: sql.value,
                parameters: [], columns: columns), sql.place)
        statements[index].sql = "select * from (\(statements[index].sql)\n) as pairs order by \(order)"
        return index
    }

    /// Nobody but the author knows when a dependant's read model is written.
    private mutating func ask(_ edge: DeclaredEdge, _ from: KindIndex, _ to: KindIndex?) {
        guard let to, edge.readModel == nil else { return }
        let (source, target) = (declared.kinds[Int(from.value)], declared.kinds[Int(to.value)])
        guard source.gate != nil || target.gate != nil else { return }
        questions.append(
            ConfigProblem(
                file: problems.file, line: edge.place.line, setting: edge.place.appending("read-model").path,
                wrong: "is the read model of \(target.name) written in the transaction that changes \(source.name) "
                    + "(view, join, table), or projected by itself?",
                right: "write `read-model: same-transaction` or `read-model: projected`"))
    }

    private mutating func add(_ statement: Statement, _ place: Place) -> Int {
        let text = SQLText(statement.sql)
        let expected = statement.parameters.count
        let parameters = (1...max(1, expected)).map { "$\($0)" }.joined(separator: ", ")
        if !["select", "with", "values", "table"].contains(text.firstWord) {
            problems.add(place, text.firstWord.isEmpty ? "is empty" : "is no query", "write a `select`")
        } else if text.hasSecondStatement {
            problems.add(place, "holds more than one statement", "write one `select`")
        } else if expected == 0, !text.parameters.isEmpty {
            problems.add(place, "uses a parameter, and nothing is asked for by id here", "select all ids, in order")
        } else if expected > 0, text.parameters != Set(1...expected) {
            let used = text.parameters.sorted().map { "$\($0)" }.joined(separator: ", ")
            problems.add(
                place, "uses \(used.isEmpty ? "no parameter" : used)",
                "use exactly \(parameters): one array for each part of the id that it is asked for")
        }
        var statement = statement
        statement.sql = text.statement
        statements.append(statement)
        statementPlaces.append(place)
        return statements.count - 1
    }

    private func kind(_ name: Located<String>) -> KindIndex? {
        if let index = indices[name.value] { return index }
        problems.add(unknownKind: name, among: declared.kinds.map(\.name))
        return nil
    }
}
