/// Closes a plan over the edges of the graph, level by level: it says what to ask PostgreSQL, takes the answer, and
/// says what to ask next, until there is nothing left. Pure; the lane performs the reads.
///
/// Each step asks for the edges of the newest nodes and for the documents of those that are to be refreshed, all in
/// one round trip. Where that are too many, the documents are read when the cascade is closed, slice by slice:
/// `documentQueries`.
package struct CascadeWalk: Sendable {
    /// Ids per query for documents, and for edges: bounds what one answer can hold.
    package static let idsPerQuery = 10_000
    package static let idsPerEdgeQuery = 65_536
    /// Rows that one step may expect: bounds what questions and answers hold, however many entities a batch names.
    package static let rowsPerStep = 32_768
    /// What a node's documents weigh in rows of an edge, which are two numbers.
    private static let rowsPerDocument = 8

    /// A node of the level being asked about; a late one has been asked for its documents before.
    private struct Member {
        var node: Int
        var isLate: Bool
    }

    enum Purpose: Sendable {
        case edge(Int)
        case document(kind: KindIndex, template: Int)
        case version(kind: KindIndex)
    }

    /// The documents that were read: (result, row) per node and template, see `place`.
    package struct DocumentRef: Hashable, Sendable {
        package var rows: Int32 = -1
        package var row: Int32 = -1
    }

    package internal(set) var documents: [DocumentRef] = []
    package internal(set) var results: [Rows] = []
    var places = NodePlaces()
    /// The documents of what is written are read later; of what isn't, only the rows' versions are kept.
    package internal(set) var readsLater = false
    /// More nodes than that, and it is so. Neither does a step read the documents of more.
    package var documentsAtOnce = Int.max
    /// The batch only removes: there is nothing to put off, and one call may do for all of it.
    package var writesNothing = false
    /// Rows with a document in the last answer, and their bytes.
    package internal(set) var documentsTaken = 0
    package internal(set) var bytesTaken = 0
    /// Nodes whose documents are to be read once more.
    var again: [Int] = []
    var purposes: [Purpose] = []
    /// The nodes that each of the last queries asked for, in the order of its ids.
    var askedFor: [[Int]] = []
    /// Nodes before it were asked about.
    var frontier = 0
    /// Nodes that an edge without `stops` reached after they had been passed.
    var late: [Int] = []
    private var hasReachedFieldTargets = false
    /// Parents that the memory names: (node, edge, parent).
    var remembered: [(node: Int, edge: Int, parent: EntityRef)] = []
    private var fanOuts = FanOuts()
    /// Today's parents of changed children, for edges that remember: by node and edge.
    var found: [Link: Set<EntityRef>] = [:]

    struct Link: Hashable, Sendable {
        var node: Int
        var edge: Int
    }

    package init() {}

    package mutating func removeAll() {
        documents.removeAll(keepingCapacity: true)
        results.removeAll(keepingCapacity: true)
        places.removeAll()
        readsLater = false
        again.removeAll()
        documentsAtOnce = .max
        writesNothing = false
        purposes.removeAll(keepingCapacity: true)
        askedFor.removeAll(keepingCapacity: true)
        frontier = 0
        late.removeAll(keepingCapacity: true)
        hasReachedFieldTargets = false
        remembered.removeAll(keepingCapacity: true)
        found.removeAll(keepingCapacity: true)
    }

    /// Where a node's documents stand in `documents`, one per key template; nil: not asked for, or forgotten again.
    @inline(__always)
    package func place(of node: Int) -> Int? { places[node] }

    /// Every changed entity was asked about; what comes from here on is reached by them.
    package func hasAskedChanges(_ plan: Plan) -> Bool { frontier >= plan.changedCount }

    /// Its edges were asked for in this step or one before.
    package func hasAsked(_ node: Int) -> Bool { node < frontier }

    /// Before the first step: a parent that a changed child once had.
    package mutating func remember(_ parent: EntityRef, of node: Int, edge: Int) {
        remembered.append((node, edge, parent))
    }

    /// What the rows of today say, once the walk is at its end.
    package func parents(of node: Int, edge: Int) -> Set<EntityRef> { found[Link(node: node, edge: edge)] ?? [] }

    /// What to ask next; nil when the cascade is closed.
    package mutating func nextQueries(_ plan: inout Plan, _ graph: Graph) -> [ReadQuery]? {
        while true {
            if !hasReachedFieldTargets {
                hasReachedFieldTargets = true
                reachFieldTargets(&plan, graph)
            }
            putOff(plan)
            guard frontier < plan.nodes.count || !late.isEmpty || !again.isEmpty else { return nil }
            purposes.removeAll(keepingCapacity: true)
            askedFor.removeAll(keepingCapacity: true)
            var queries: [ReadQuery] = []
            var members: [[Member]] = Array(repeating: [], count: graph.kinds.count)
            for node in late { members[Int(plan.nodes[node].ref.kind.value)].append(Member(node: node, isLate: true)) }
            let end = stepEnd(plan, graph)
            for node in frontier..<end {
                members[Int(plan.nodes[node].ref.kind.value)].append(Member(node: node, isLate: false))
            }
            late.removeAll(keepingCapacity: true)
            frontier = end
            for kind in graph.kinds.indices {
                ask(KindIndex(kind), members[kind], &plan, graph, &queries)
            }
            askDocuments(again, plan, graph, &queries)
            again.removeAll()
            if !queries.isEmpty { return queries }
        }
    }

    /// As many of the newest nodes as their edges' rows and their documents allow.
    private func stepEnd(_ plan: Plan, _ graph: Graph) -> Int {
        let expanding = graph.kinds.map { kind in kind.edges.reduce(1) { $0 + fanOuts.rows(of: $1) } }
        let traits = graph.traits
        var (rows, documents) = (0, 0)
        var end = frontier
        while end < plan.nodes.count
            && (rows < Self.rowsPerStep && documents < documentsAtOnce || end == frontier)
        {
            let node = plan.nodes[end]
            let kind = Int(node.ref.kind.value)
            rows += node.stops ? 1 : expanding[kind]
            if readsNow(node, traits[kind]) {
                rows += Self.rowsPerDocument
                documents += 1
            }
            end += 1
        }
        return end
    }

    private mutating func ask(
        _ kind: KindIndex, _ members: [Member], _ plan: inout Plan, _ graph: Graph, _ queries: inout [ReadQuery]
    ) {
        guard !members.isEmpty else { return }
        let definition = graph[kind]
        var expanding: [Int] = []
        for member in members {
            let node = plan.nodes[member.node]
            if !node.stops && !node.isExpanded { expanding.append(member.node) }
        }
        for index in expanding { plan.update(index) { $0.isExpanded = true } }
        for edge in definition.edges {
            switch graph.edges[edge].resolution {
            case .sql(let statement):
                append(statement, expanding, .edge(edge), plan, graph, &queries)
            case .field:
                break
            case .all:
                if !expanding.isEmpty, let to = graph.edges[edge].to { plan.addSweep(.kind(to)) }
            case .pattern(let pieces):
                for index in expanding {
                    plan.addSweep(.pattern(graph.pattern(pieces, plan.nodes[index].ref, pool: plan.buffer.pool)))
                }
            }
        }
        var readers: [Int] = []
        let traits = KindTraits(definition, graph)
        for member in members where !member.isLate && readsNow(plan.nodes[member.node], traits) {
            readers.append(member.node)
        }
        if readsLater {
            askVersions(kind, readers, plan, graph, &queries)
        } else {
            askDocuments(kind, readers, plan, graph, &queries)
        }
    }

    mutating func append(
        _ statement: Int, _ members: [Int], _ purpose: Purpose, _ plan: Plan, _ graph: Graph,
        _ queries: inout [ReadQuery]
    ) {
        var start = 0
        let most = if case .edge = purpose { Self.idsPerEdgeQuery } else { Self.idsPerQuery }
        while start < members.count {
            let end = min(start + most, members.count)
            queries.append(
                ReadQuery(statement: statement, parts: graph.columns(members[start..<end], of: plan)))
            purposes.append(purpose)
            askedFor.append(Array(members[start..<end]))
            start = end
        }
    }

    /// Takes the results of the queries asked last, in their order.
    /// Several per query where it was asked in parts.
    package mutating func take(_ answers: [[Rows]], _ plan: inout Plan, _ graph: Graph) {
        (documentsTaken, bytesTaken) = (0, 0)
        for (index, (purpose, parts)) in zip(purposes, answers).enumerated() {
            if case .edge(let edge) = purpose {
                fanOuts.note(edge, rows: parts.reduce(0) { $0 + $1.count }, of: askedFor[index].count)
            } else {
                weigh(parts)
            }
            for rows in parts {
                switch purpose {
                case .edge(let edge): follow(edge, rows, &plan, graph)
                case .document(let kind, let template): keep(rows, kind, template, &plan, graph)
                case .version(let kind): keep(rows, kind, nil, &plan, graph)
                }
            }
        }
        putOff(plan)
    }

    /// PostgreSQL rejects these ids (positions in query `query`, asked one by one): they are only invalidated, and
    /// where an edge can't be followed, everything that it may lead to is swept.
    package mutating func reject(
        _ positions: [Int], of query: Int, _ plan: inout Plan, _ graph: Graph
    ) -> [Int] {
        let nodes = positions.map { askedFor[query][$0] }
        for node in nodes { plan.update(node) { $0.isRejected = true } }
        if case .edge(let edge) = purposes[query], let to = graph.edges[edge].to, !nodes.isEmpty {
            plan.addSweep(.kind(to))
        }
        return nodes
    }
}
