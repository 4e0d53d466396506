/// Rows of edges become nodes of the plan.
extension CascadeWalk {
    /// Rows whose ends are looked up at the same time, see `StagedChanges`.
    private static let rowsAtOnce = 64

    mutating func follow(_ edgeIndex: Int, _ rows: Rows, _ plan: inout Plan, _ graph: Graph) {
        let edge = graph.edges[edgeIndex]
        guard let to = edge.to else { return }
        if !edge.remembers, let parents = rows.integers(0, edge.from, graph),
            let children = rows.integers(1, to, graph)
        {
            follow(
                edgeIndex, edge.stops, (edge.from, parents.ids, parents.nulls), (to, children.ids, children.nulls),
                &plan)
            return
        }
        let fromParts = graph[edge.from].id.count
        for row in 0..<rows.count {
            guard let from = rows.reference(row, firstColumn: 0, kind: edge.from, graph, &plan.buffer.pool),
                let child = rows.reference(row, firstColumn: fromParts, kind: to, graph, &plan.buffer.pool),
                let parent = plan.find(from)
            else { continue }
            if edge.remembers && parent < plan.changedCount {
                found[Link(node: parent, edge: edgeIndex), default: []].insert(child)
            }
            reach(child, -1, parent, edgeIndex, edge.stops, &plan)
        }
    }

    private typealias Ends = (kind: KindIndex, ids: [Int64], nulls: [Bool])

    /// Numbers on both sides, as almost everywhere.
    private mutating func follow(
        _ edge: Int, _ stops: Bool, _ parents: Ends, _ children: Ends, _ plan: inout Plan
    ) {
        var parentNodes: [Int32] = []
        var childNodes: [Int32] = []
        for start in stride(from: 0, to: parents.ids.count, by: Self.rowsAtOnce) {
            let block = start..<min(start + Self.rowsAtOnce, parents.ids.count)
            plan.look(parents.ids[block], parents.kind, into: &parentNodes)
            plan.look(children.ids[block], children.kind, into: &childNodes)
            for row in block where !parents.nulls[row] && !children.nulls[row] {
                let known = Int(parentNodes[row - start])
                let from = EntityRef(kind: parents.kind, int: parents.ids[row])
                guard let parent = known >= 0 ? known : plan.find(from) else { continue }
                let child = EntityRef(kind: children.kind, int: children.ids[row])
                reach(child, childNodes[row - start], parent, edge, stops, &plan)
            }
        }
    }

    /// `known`: the child's node where that was told already, else -1.
    private mutating func reach(
        _ ref: EntityRef, _ known: Int32, _ parent: Int, _ edge: Int, _ stops: Bool, _ plan: inout Plan
    ) {
        guard let index = plan.reach(ref, known: known, from: parent, edge: edge, stops: stops) else { return }
        if index < frontier {
            plan.update(index) { $0.isExpanded = false }
            late.append(index)
        }
    }

    mutating func reachFieldTargets(_ plan: inout Plan, _ graph: Graph) {
        for (node, target) in plan.fieldTargets {
            let edge = Int(target.edge)
            reach(target.entity, -1, Int(node), edge, graph.edges[edge].stops, &plan)
        }
        for (node, edge, parent) in remembered { reach(parent, -1, node, edge, graph.edges[edge].stops, &plan) }
    }
}
