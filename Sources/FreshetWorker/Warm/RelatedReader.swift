import FreshetCore

/// Finds what entities lead to over the graph's edges, without reading any document.
struct RelatedReader {
    /// The graph without the SQL of its keys: a walk over it asks for edges alone.
    private let skeleton: Graph
    private let models: any ReadModels

    init(_ graph: Graph, _ models: any ReadModels) {
        var skeleton = graph
        for kind in skeleton.kinds.indices { skeleton.kinds[kind].keys = [] }
        self.skeleton = skeleton
        self.models = models
    }

    /// By kind what is reached; the pool holds the ids that need one. Edges by an event's field lead nowhere: there is
    /// no event.
    func related(
        to entities: [EntityRef], _ pool: TextPool
    ) async throws(Fault) -> (found: [KindIndex: [EntityRef]], pool: TextPool) {
        var plan = Plan()
        plan.buffer.pool = pool
        for entity in entities { _ = plan.add(Change(entity: entity, operation: .upsert)) }
        var walk = CascadeWalk()
        while let queries = walk.nextQueries(&plan, skeleton) {
            var rows: [[Rows]] = []
            for result in try await models.read(queries).results {
                do throws(Fault) { rows.append([try result.get()]) } catch {
                    // Ids that PostgreSQL rejects lead nowhere; everything else is an outage.
                    guard Disposition.of(error) == .reject else { throw error }
                    rows.append([])
                }
            }
            walk.take(rows, &plan, skeleton)
        }
        var found: [KindIndex: [EntityRef]] = [:]
        for node in plan.nodes where !node.isChanged { found[node.ref.kind, default: []].append(node.ref) }
        return (found, plan.buffer.pool)
    }
}
