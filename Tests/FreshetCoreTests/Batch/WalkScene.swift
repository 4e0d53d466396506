import FreshetCore
import Testing

/// A graph made for one test, the rows that PostgreSQL would answer with, and a plan that is closed over them.
/// Entities are written as people write them: `team:1`, `stock:5:7`.
struct WalkScene {
    var graph = Graph(namespace: .init(), bounds: .init(), kinds: [], edges: [], topics: [], statements: [])
    /// By statement: whom an edge leads to, and the documents (nil: a row whose document is null).
    var children: [Int: [String: [String]]] = [:]
    var documents: [Int: [String: (document: String?, version: Int64?)]] = [:]
    var plan = Plan(keepsOrigins: true)
    var walk = CascadeWalk()
    /// Per round trip what was asked, as `statement: ids`.
    private(set) var rounds: [[String]] = []

    // MARK: The graph

    @discardableResult
    mutating func kind(
        _ name: String, _ id: [IDType] = [.bigint], keys: Int = 1, change: Kind.Treatment = .refresh,
        reach: Kind.Treatment = .refresh, version: Bool = false, gate: Kind.Gate? = nil, timeToLive: Int64 = 1000,
        jitter: Int = 0, maxValueSize: Int = 1000
    ) -> Int {
        let parts = id.enumerated().map { Kind.IDPart(name: "id\($0.offset)", type: $0.element) }
        let templates = (0..<keys).map { number in
            let word = number == 0 ? name : "\(name)-\(number)"
            var pieces: [KeyTemplate.Piece] = [.literal(Array("v1:\(word)".utf8))]
            for part in id.indices { pieces += [.literal([0x3A]), .part(part)] }
            let columns =
                id.map { Statement.Column(name: nil, type: .id($0)) } + [Statement.Column(name: "doc", type: .document)]
                + (version ? [Statement.Column(name: "version", type: .version)] : [])
            graph.statements.append(Statement(name: word, sql: "", parameters: id, columns: columns))
            return KeyTemplate(
                source: word, pieces: pieces, statement: graph.statements.count - 1, timeToLive: timeToLive,
                jitter: jitter, maxValueSize: maxValueSize)
        }
        graph.kinds.append(
            Kind(
                name: name, id: parts, keys: templates, onChange: change, onReach: reach, hasVersion: version,
                gate: gate, secondSweep: nil, edges: [], fingerprint: ""))
        return graph.kinds.count - 1
    }

    /// Answers the statement, or -1 for edges without one.
    @discardableResult
    mutating func edge(
        _ from: String, _ to: String?, stops: Bool = false, _ rows: [String: [String]] = [:],
        resolution: Edge.Resolution? = nil, remembers: Bool = false
    ) -> Int {
        let source = graph.kind(named: from)!
        let target = to.map { graph.kind(named: $0)! }
        var statement = -1
        if resolution == nil, let target {
            let ids = graph[source].id.map(\.type)
            graph.statements.append(
                Statement(
                    name: "\(from) → \(to ?? "")", sql: "", parameters: ids,
                    columns: (ids + graph[target].id.map(\.type)).map { .init(name: nil, type: .id($0)) }))
            statement = graph.statements.count - 1
            children[statement] = rows
        }
        graph.edges.append(
            Edge(
                name: "\(from) → \(to ?? "*")", from: source, to: target,
                resolution: resolution ?? .sql(statement: statement), stops: stops, remembers: remembers,
                isProjected: false))
        graph.kinds[Int(source.value)].edges.append(graph.edges.count - 1)
        return statement
    }

    mutating func document(_ entity: String, _ text: String?, version: Int64? = nil, template: Int = 0) {
        let kind = graph[graph.kind(named: String(entity.split(separator: ":")[0]))!]
        documents[kind.keys[template].statement!, default: [:]][entity] = (text, version)
    }

    // MARK: The plan

    mutating func entity(_ name: String) -> EntityRef {
        try! EntityName.parse(name, graph, pool: &plan.buffer.pool)
    }

    @discardableResult
    mutating func change(_ name: String, version: Int64? = nil, _ operation: Change.Operation = .upsert) -> Int32 {
        let entity = entity(name)
        return plan.add(Change(entity: entity, operation: operation, version: version))
    }

    /// Walks until the cascade is closed.
    mutating func close() { while step() {} }

    /// One round trip; false where the cascade is closed.
    @discardableResult
    mutating func step() -> Bool {
        guard let queries = walk.nextQueries(&plan, graph) else { return false }
        rounds.append(queries.map(line))
        walk.take(queries.map { [answer($0)] }, &plan, graph)
        return true
    }

    /// The next questions; a test answers them itself.
    mutating func ask() throws -> [ReadQuery] {
        let asked = walk.nextQueries(&plan, graph)
        return try #require(asked)
    }

    /// A slice: its documents are read. Answers what was asked.
    @discardableResult
    mutating func read(_ nodes: [Int]) -> [String] {
        let queries = walk.documentQueries(nodes, plan, graph)
        walk.take(queries.map { [answer($0)] }, &plan, graph)
        return queries.map(line)
    }

    private func line(_ query: ReadQuery) -> String {
        "\(graph.statements[query.statement].name): \(names(query).joined(separator: " "))"
    }

    func name(_ index: Int) -> String { EntityName.write(plan.nodes[index].ref, graph, pool: plan.buffer.pool) }
    var names: [String] { plan.nodes.indices.map(name) }
    func rowVersion(_ entity: String) -> Int64? {
        plan.nodes.indices.first { name($0) == entity }.map { plan.rowVersion(of: $0) }
    }

    /// Where its documents begin, if they were asked for.
    func place(_ entity: String) -> Int? { plan.nodes.indices.first { name($0) == entity }.flatMap(walk.place) }

    func node(_ entity: String) -> Node? { plan.nodes.indices.first { name($0) == entity }.map { plan.nodes[$0] } }

    /// What an emission would do, call by call: `key=value` or `key✗`.
    func calls(_ bounds: Emission.Bounds = .init()) -> [[String]] {
        var copy = self
        return copy.emit(bounds)
    }

    /// Does it: what went out is noted in the plan.
    mutating func emit(_ bounds: Emission.Bounds = .init(), onlyReached: Bool = false, atOnce: Int = 100) -> [[String]]
    {
        var emission = Emission(plan, bounds: bounds, seed: 1, onlyReached: onlyReached)
        var calls: [[String]] = []
        while !emission.isFinished {
            calls += emission.chunks(atOnce, &plan, walk, graph).map { Self.lines($0.operations) }
        }
        return calls
    }

    /// The same slice by slice: whose documents are read, and the calls behind that.
    struct Slice: Equatable {
        var read: [String]
        var calls: [[String]]
    }

    mutating func slices(_ limit: Int, _ bounds: Emission.Bounds = .init(), onlyReached: Bool = false) -> [Slice] {
        var emission = Emission(plan, bounds: bounds, seed: 1, onlyReached: onlyReached)
        var slices: [Slice] = []
        while !emission.isFinished {
            let readers = emission.slice(limit, plan, graph)
            read(readers)
            var calls: [[String]] = []
            repeat {
                calls += emission.chunks(1, &plan, walk, graph).map { Self.lines($0.operations) }
            } while !emission.isSliceFinished
            slices.append(Slice(read: readers.map(name), calls: calls))
        }
        return slices
    }

    static func lines(_ operations: KeyOperations) -> [String] {
        (0..<operations.count).map { index in
            let key = operations.keys.string(index)
            return operations.timesToLive[index] == KeyOperations.unlink
                ? "\(key)✗" : "\(key)=\(operations.values.string(index))"
        }
    }

    // MARK: PostgreSQL

    private func names(_ query: ReadQuery) -> [String] {
        (0..<query.parts[0].count).map { row in
            query.parts.map { column in
                switch column {
                case .bigint(let ids): return String(ids[row])
                case .uuid(let ids): return Self.text(ids[row])
                case .text(let ids): return ids.string(row)
                }
            }.joined(separator: ":")
        }
    }

    func answer(_ query: ReadQuery) -> Rows {
        let statement = graph.statements[query.statement]
        let ids = names(query)
        if let pairs = children[query.statement] {
            let from = graph.edges.first { if case .sql(query.statement) = $0.resolution { true } else { false } }!.from
            let rows = ids.flatMap { id in
                (pairs["\(graph[from].name):\(id)"] ?? []).map { id + ":" + $0.split(separator: ":", maxSplits: 1)[1] }
            }
            return Self.rows(statement.columns, rows.map { ($0.split(separator: ":").map(String.init), nil, nil) })
        }
        let kind = graph.kinds.first { $0.keys.contains { $0.statement == query.statement } }!
        let found = ids.compactMap { id in
            documents[query.statement]?["\(kind.name):\(id)"].map {
                (id.split(separator: ":").map(String.init), $0.document, $0.version)
            }
        }
        return Self.rows(statement.columns, found)
    }

    private static func rows(_ columns: [Statement.Column], _ rows: [([String], String?, Int64?)]) -> Rows {
        let none = Array(repeating: false, count: rows.count)
        return Rows(
            count: rows.count,
            columns: columns.enumerated().map { index, column in
                switch column.type {
                case .id(.bigint): return .bigint(rows.map { Int64($0.0[index])! }, nulls: none)
                case .id(.uuid):
                    return .uuid(rows.map { UUIDBits(canonical: ArraySlice($0.0[index].utf8)) }, nulls: none)
                case .id(.text): return .text(arena(rows.map { $0.0[index] }), nulls: none)
                case .document: return .text(arena(rows.map { $0.1 ?? "" }), nulls: rows.map { $0.1 == nil })
                case .version: return .bigint(rows.map { $0.2 ?? 0 }, nulls: rows.map { $0.2 == nil })
                }
            })
    }

    private static func arena(_ texts: [String]) -> ByteArena {
        var arena = ByteArena()
        for text in texts { arena.append(text.utf8) }
        return arena
    }

    private static func text(_ bits: UUIDBits) -> String {
        var bytes: [UInt8] = []
        KeyText.appendUUID(high: bits.high, low: bits.low, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
