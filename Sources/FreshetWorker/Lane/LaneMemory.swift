import FreshetCore

/// Children that move or vanish: their old parents depend on them too, and today's rows no longer say who they were.
///
/// The targets of a child's change are the parents of today's rows, those that the events name, and those remembered.
/// Where memory and rows differ and no event carried the image before, steps in between may have gone unseen: the
/// parent kind is invalidated as a whole. So it is where there is no memory: on a child's first event.
extension Lane {
    /// What was known of the changed children when the batch began, per edge.
    struct Recollection {
        struct Child {
            var edge: Int
            var node: Int
            var key: [UInt8]
            var known: Memory?
        }

        var children: [Child] = []
    }

    /// What is written of one child. Today's parents alone only together with the checkpoint: a batch that is applied
    /// again must still find the old ones. Together with the old ones it may be written at any time.
    struct MemoryEntry {
        var key: [UInt8]
        var exact: [UInt8]
        var union: [UInt8]
    }

    /// Reads the memory under the batch's ticket, and reaches the remembered parents.
    func recall(_ ticket: Ticket) async throws(Fault) -> Recollection {
        var recollection = Recollection()
        guard settings.defences.contains(.memory) else { return recollection }
        for (number, edge) in graph.edges.enumerated() where edge.remembers {
            for node in 0..<plan.changedCount where plan.nodes[node].ref.kind == edge.from {
                let key = Memory.key(number, plan.nodes[node].ref, graph, plan.buffer.pool)
                recollection.children.append(Recollection.Child(edge: number, node: node, key: key))
            }
        }
        guard !recollection.children.isEmpty else { return recollection }
        let view = try await parts.cache.look([])
        guard let record = view.record else { return recollection }
        var entries: [[UInt8]?] = []
        while entries.count < recollection.children.count {
            let page = recollection.children[entries.count...].prefix(settings.emission.keysPerCall)
            entries += try await parts.cache.get(page.map(\.key))
        }
        for (index, entry) in entries.enumerated() {
            let child = recollection.children[index]
            guard let entry,
                let memory = Memory(
                    entry, graph.edges[child.edge], ticket, floor: record.floor, graph, &plan.buffer.pool)
            else { continue }
            recollection.children[index].known = memory
            for parent in memory.parents.sorted(by: { ($0.high, $0.low) < ($1.high, $1.low) }) {
                walk.remember(parent, of: child.node, edge: child.edge)
            }
        }
        return recollection
    }

    /// After the walk: sweeps what may have gone unseen, and answers what is to be remembered.
    func compare(_ recollection: Recollection, _ ticket: Ticket) -> [MemoryEntry] {
        recollection.children.map { child in
            let today = walk.parents(of: child.node, edge: child.edge)
            if child.known?.parents != today && !isCovered(child), let to = graph.edges[child.edge].to {
                plan.addSweep(.kind(to))
            }
            let both = today.union(child.known?.parents ?? [])
            return MemoryEntry(
                key: child.key, exact: Memory(parents: today).entry(ticket, graph, plan.buffer.pool),
                union: Memory(parents: both).entry(ticket, graph, plan.buffer.pool))
        }
    }

    /// Every event of this child carried the image before, and an edge takes the parents from it.
    private func isCovered(_ child: Recollection.Child) -> Bool {
        guard plan.nodes[child.node].hasEveryImage else { return false }
        let edge = graph.edges[child.edge]
        return graph[edge.from].edges.contains { number in
            guard case .field = graph.edges[number].resolution else { return false }
            return graph.edges[number].to == edge.to
        }
    }
}
