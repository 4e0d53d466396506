import FreshetCore

/// What a change touches, found by the worker's own walk over the graph; writes nothing.
final class CascadeReader {
    private let graph: Graph
    private let models: any ReadModels

    init(graph: Graph, models: any ReadModels) {
        self.graph = graph
        self.models = models
    }

    func tree(of kind: String, id: Int64) async throws(Fault) -> CascadeTree {
        guard let index = graph.kind(named: kind) else { return CascadeTree() }
        var plan = Plan(keepsOrigins: true)
        var walk = CascadeWalk()
        plan.add(Change(entity: EntityRef(kind: index, int: id), operation: .upsert))
        while let queries = walk.nextQueries(&plan, graph) {
            var answers: [[Rows]] = []
            for result in try await models.read(queries).results { answers.append([try result.get()]) }
            walk.take(answers, &plan, graph)
        }
        return tree(plan)
    }

    private func tree(_ plan: Plan) -> CascadeTree {
        var tree = CascadeTree()
        /// Where the first key of each node stands.
        var places: [Int] = []
        for (index, node) in plan.nodes.enumerated() {
            places.append(tree.nodes.count)
            let kind = graph[node.ref.kind]
            let treatment = node.isChanged ? kind.onChange : kind.onReach
            for template in kind.keys {
                var key: [UInt8] = []
                _ = graph.writeKey(template, node.ref, pool: plan.buffer.pool, into: &key)
                tree.nodes.append(
                    CascadeTree.Node(
                        kind: kind.name, key: String(decoding: key, as: UTF8.self),
                        isRefreshed: treatment == .refresh && template.statement != nil,
                        parent: plan.origin(of: index).map { places[$0.parent] }))
            }
        }
        return tree
    }
}
