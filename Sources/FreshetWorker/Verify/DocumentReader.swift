import FreshetCore

/// Reads the documents of entities as a lane would, without following any edge.
package struct DocumentReader {
    private let graph: Graph
    private let models: any ReadModels

    package init(_ graph: Graph, _ models: any ReadModels) {
        self.graph = graph
        self.models = models
    }

    /// One round trip. An entity that PostgreSQL rejects by itself doesn't keep the others from being read.
    package func read(_ entities: some Sequence<EntityRef>, pool: TextPool) async throws(Fault) -> Documents {
        var plan = Plan()
        plan.buffer.pool = pool
        for entity in entities {
            let index = Int(plan.add(Change(entity: entity, operation: .upsert)))
            plan.update(index) {
                $0.isReread = true
                $0.stops = true
            }
        }
        var walk = CascadeWalk()
        var history: History?
        while let queries = walk.nextQueries(&plan, graph) {
            let answer = try await models.read(queries)
            history = answer.history
            var rows: [[Rows]] = []
            for (index, result) in answer.results.enumerated() {
                switch result {
                case .success(let table): rows.append([table])
                case .failure(let fault):
                    var found: [Rows] = []
                    var bad: [Int] = []
                    try await halve(queries[index], 0..<queries[index].parts[0].count, fault, &found, &bad)
                    rows.append(found)
                    _ = walk.reject(bad, of: index, &plan, graph)
                }
            }
            walk.take(rows, &plan, graph)
        }
        return Documents(graph: graph, plan: plan, walk: walk, history: history)
    }

    private func halve(
        _ query: ReadQuery, _ range: Range<Int>, _ fault: Fault, _ rows: inout [Rows], _ bad: inout [Int]
    ) async throws(Fault) {
        guard Disposition.of(fault) == .reject else { throw fault }
        if range.count <= 1 {
            bad.append(range.lowerBound)
            return
        }
        let middle = range.lowerBound + range.count / 2
        let halves = [range.lowerBound..<middle, middle..<range.upperBound]
        for (half, result) in zip(halves, try await models.read(halves.map { query.part($0) }).results) {
            switch result {
            case .success(let table): rows.append(table)
            case .failure(let fault): try await halve(query, half, fault, &rows, &bad)
            }
        }
    }
}

/// What was read of some entities, and the plan that it belongs to.
package struct Documents: Sendable {
    package enum Document: Hashable, Sendable {
        /// No row, or its document is null.
        case absent
        case bytes(ArraySlice<UInt8>)
        /// PostgreSQL rejects the id, or the row's own data raise an error.
        case unreadable
    }

    let graph: Graph
    package var plan: Plan
    package let walk: CascadeWalk
    /// nil where nothing had to be asked.
    package let history: History?

    package func document(of entity: EntityRef, template: Int) -> Document {
        guard let index = plan.find(entity) else { return .absent }
        if plan.nodes[index].isRejected { return .unreadable }
        guard let place = walk.place(of: index),
            let bytes = walk.document(place + template, column: graph[entity.kind].id.count)
        else { return .absent }
        return .bytes(bytes)
    }
}
