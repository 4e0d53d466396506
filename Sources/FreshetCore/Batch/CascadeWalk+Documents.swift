/// Rows of read models become documents of the plan's nodes.
extension CascadeWalk {
    /// Too many are there to have their documents in memory together: those that were read are forgotten.
    mutating func putOff(_ plan: Plan) {
        guard plan.nodes.count > documentsAtOnce && !readsLater && !writesNothing else { return }
        readsLater = true
        forgetDocuments(plan)
        again.removeAll()
    }

    /// Documents that were read so far don't count: they are asked for in the next step again.
    package mutating func forgetDocuments(_ plan: Plan) {
        for node in 0..<frontier where place(of: node) != nil && !plan.nodes[node].isRejected { again.append(node) }
        places.removeAll()
        documents.removeAll()
        results.removeAll()
    }

    /// Of nodes that are only removed the row says whether their event was superseded; and of children that an edge
    /// remembers, whether the parents that were found are those that the event tells of, before anything is written.
    func readsNow(_ node: Node, _ traits: KindTraits) -> Bool {
        node.wantsDocument(traits) && (!readsLater || traits.isRemembered && node.isChanged || !node.writes(traits))
    }

    /// What to ask for the documents of these nodes, which come to be written next; those before them are forgotten.
    package mutating func documentQueries(_ nodes: [Int], _ plan: Plan, _ graph: Graph) -> [ReadQuery] {
        // A row that nobody asked for must not find a place that is another node's by now.
        places.removeAll()
        documents.removeAll(keepingCapacity: true)
        results.removeAll(keepingCapacity: true)
        purposes.removeAll(keepingCapacity: true)
        askedFor.removeAll(keepingCapacity: true)
        var queries: [ReadQuery] = []
        askDocuments(nodes, plan, graph, &queries)
        return queries
    }

    /// Of any kinds.
    mutating func askDocuments(
        _ nodes: [Int], _ plan: Plan, _ graph: Graph, _ queries: inout [ReadQuery]
    ) {
        guard !nodes.isEmpty else { return }
        var members: [[Int]] = Array(repeating: [], count: graph.kinds.count)
        for node in nodes { members[Int(plan.nodes[node].ref.kind.value)].append(node) }
        for kind in graph.kinds.indices { askDocuments(KindIndex(kind), members[kind], plan, graph, &queries) }
    }

    mutating func askDocuments(
        _ kind: KindIndex, _ readers: [Int], _ plan: Plan, _ graph: Graph, _ queries: inout [ReadQuery]
    ) {
        guard !readers.isEmpty else { return }
        let definition = graph[kind]
        for index in readers {
            places.set(index, documents.count)
            for _ in definition.keys { documents.append(DocumentRef()) }
        }
        for (template, key) in definition.keys.enumerated() {
            guard let statement = key.statement else { continue }
            append(statement, readers, .document(kind: kind, template: template), plan, graph, &queries)
        }
    }

    mutating func askVersions(
        _ kind: KindIndex, _ readers: [Int], _ plan: Plan, _ graph: Graph, _ queries: inout [ReadQuery]
    ) {
        let definition = graph[kind]
        guard definition.hasVersion, let statement = definition.keys.lazy.compactMap(\.statement).first else { return }
        append(statement, readers, .version(kind: kind), plan, graph, &queries)
    }

    mutating func weigh(_ answer: [Rows]) {
        for rows in answer {
            documentsTaken += rows.count
            for case .text(let texts, _) in rows.columns { bytesTaken += texts.byteCount }
        }
    }

    /// `template` is nil where only versions were asked for.
    mutating func keep(_ rows: Rows, _ kind: KindIndex, _ template: Int?, _ plan: inout Plan, _ graph: Graph) {
        let result = Int32(results.count)
        if template != nil { results.append(rows) }
        let versions = graph[kind].hasVersion ? graph[kind].id.count + 1 : nil
        let integers = rows.integers(0, kind, graph)
        for row in 0..<rows.count {
            let ref: EntityRef?
            if let integers {
                ref = integers.nulls[row] ? nil : EntityRef(kind: kind, int: integers.ids[row])
            } else {
                ref = rows.reference(row, firstColumn: 0, kind: kind, graph, &plan.buffer.pool)
            }
            guard let ref, let index = plan.find(ref) else { continue }
            if let template {
                guard let place = place(of: index) else { continue }
                documents[place + template] = DocumentRef(rows: result, row: Int32(row))
            }
            if let versions, let version = rows.integer(row, column: versions) {
                plan.noteRow(of: index, version: version)
            }
        }
    }
}
