import FreshetCore

/// Walks the cascade of one entity with the worker's own plan and walk, so that what it shows is what would happen.
package enum Explainer {
    /// Entities of one explanation.
    package static let defaultLimit = 100_000

    /// `pool` holds the entity's id where it doesn't fit into the reference. `depth` ends the walk after so many edges.
    package static func explain(
        _ entity: EntityRef, pool: TextPool, graph: Graph, database: any ReadModels, depth: Int? = nil,
        limit: Int = defaultLimit
    ) async throws(Fault) -> Explanation {
        var plan = Plan(keepsOrigins: true)
        plan.buffer.pool = pool
        plan.add(Change(entity: entity, operation: .upsert))
        var walk = CascadeWalk()
        var level = 0
        while depth.map({ level < $0 }) ?? true, plan.nodes.count <= limit,
            let queries = walk.nextQueries(&plan, graph)
        {
            let answer = try await database.read(queries)
            var rows: [[Rows]] = []
            for result in answer.results { rows.append([try result.get()]) }
            walk.take(rows, &plan, graph)
            level += 1
        }
        return describe(plan, graph, limit: limit)
    }

    private static func describe(_ plan: Plan, _ graph: Graph, limit: Int) -> Explanation {
        var entities: [Explanation.Entity] = []
        var sweeps: [Explanation.Sweep] = []
        for (index, node) in plan.nodes.prefix(limit).enumerated() {
            let kind = graph[node.ref.kind]
            let origin = plan.origin(of: index)
            entities.append(
                Explanation.Entity(
                    name: EntityName.write(node.ref, graph, pool: plan.buffer.pool), kind: kind.name,
                    level: origin.map { entities[$0.parent].level + 1 } ?? 0, parent: origin?.parent,
                    edge: origin.map { graph.edges[$0.edge].name }, stops: node.stops,
                    keys: keys(node, kind, plan, graph)))
            guard node.isExpanded else { continue }
            for edge in kind.edges {
                guard let patterns = patterns(of: graph.edges[edge], from: node.ref, plan, graph) else { continue }
                sweeps.append(
                    Explanation.Sweep(patterns: patterns, entity: index, edge: graph.edges[edge].name))
            }
        }
        let unresolved = plan.nodes.first.map { root in
            graph[root.ref.kind].edges.compactMap { edge in
                if case .field = graph.edges[edge].resolution { graph.edges[edge].name } else { nil }
            }
        }
        return Explanation(
            entities: entities, sweeps: sweeps, unresolved: unresolved ?? [], isCut: plan.nodes.count > limit)
    }

    private static func keys(_ node: Node, _ kind: Kind, _ plan: Plan, _ graph: Graph) -> [Explanation.Key] {
        let treatment = node.isChanged ? kind.onChange : kind.onReach
        return kind.keys.map { template in
            var bytes: [UInt8] = []
            let fits = graph.writeKey(template, node.ref, pool: plan.buffer.pool, into: &bytes)
            return Explanation.Key(
                text: String(decoding: bytes, as: UTF8.self),
                treatment: template.statement == nil ? .invalidate : treatment, isTooLong: !fits)
        }
    }

    private static func patterns(of edge: Edge, from entity: EntityRef, _ plan: Plan, _ graph: Graph) -> [String]? {
        let sweep: Sweep
        switch edge.resolution {
        case .sql, .field: return nil
        case .all:
            guard let to = edge.to else { return nil }
            sweep = .kind(to)
        case .pattern(let pieces):
            sweep = .pattern(graph.pattern(pieces, entity, pool: plan.buffer.pool))
        }
        return graph.patterns(of: [sweep]).map { String(decoding: $0, as: UTF8.self) }
    }
}
