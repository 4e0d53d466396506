import FreshetCore

/// Children that move or vanish: their old parents depend on them too, and today's rows no longer say who they were.
///
/// The targets of a child's change are the parents of today's rows, those that the events name, and those remembered.
/// What else it may have had as a parent is a step that nobody saw: the parent kind is invalidated as a whole where one
/// can't be ruled out.
extension Lane {
    /// What was known of the changed children when the batch began, per edge.
    struct Recollection {
        struct Child {
            var edge: Int
            var node: Int
            /// What a script call names its entry.
            var key: [UInt8]
            var known: Memory?
            /// The edge's memory is whole: what isn't known was never there.
            var isWhole: Bool
            /// Its new parents stand in the memory beside the old ones.
            var isForetold = false
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
        // A second sweep removes keys once more; nothing changed.
        guard settings.defences.contains(.memory), remembers, !isSecondSweep else { return recollection }
        var record: ControlView.Record?
        for (number, edge) in graph.edges.enumerated() where edge.remembers {
            let nodes = (0..<plan.changedCount).filter { plan.nodes[$0].ref.kind == edge.from }
            if nodes.isEmpty { continue }
            if record == nil { record = try await parts.cache.look([]).record }
            guard let record else { return recollection }
            try await recall(nodes, of: number, record, into: &recollection)
        }
        return recollection
    }

    private func recall(
        _ nodes: [Int], of number: Int, _ record: ControlView.Record, into recollection: inout Recollection
    ) async throws(Fault) {
        let edge = graph.edges[number]
        let hash = Memory.hash(edge, graph)
        var isWhole = false
        for start in stride(from: 0, to: nodes.count, by: settings.emission.keysPerCall) {
            let page = nodes[start..<min(start + settings.emission.keysPerCall, nodes.count)]
            let names = page.map { Memory.child(plan.nodes[$0].ref, graph, plan.buffer.pool) }
            let answers = try await parts.cache.recall(hash, [Memory.mark] + names)
            isWhole = Memory.isWhole(answers[0], incarnation: record.incarnation, since: record.memory)
            for (place, node) in page.enumerated() {
                let known = answers[place + 1].flatMap {
                    Memory(
                        $0, edge, incarnation: record.incarnation, since: record.memory, graph, &plan.buffer.pool)
                }
                recollection.children.append(
                    Recollection.Child(
                        edge: number, node: node, key: Memory.key(hash, names[place]), known: known, isWhole: isWhole))
                for parent in (known?.parents ?? []).sorted(by: { ($0.high, $0.low) < ($1.high, $1.low) }) {
                    walk.remember(parent, of: node, edge: number)
                }
            }
        }
        if !isWhole && edge.pairs != nil { desk.missMemory() }
    }

    /// Behind each step of the walk: new parents are remembered beside the old ones before what depends on the child is
    /// read for them, or touched. Otherwise a batch that moves the child on could look into the memory before this one
    /// has written it, and never learn of a parent that this one still puts an older document under.
    ///
    /// Only of children that are known: an entry says that nothing else needs to be swept, and until this batch has
    /// done so that isn't true of others. Whoever finds those unknown, too, sweeps.
    func foretell(_ recollection: inout Recollection, _ chain: inout Chain) async throws(Fault) -> Verdict? {
        guard let history, !recollection.children.isEmpty else { return nil }
        var entries: [MemoryEntry] = []
        for (index, child) in recollection.children.enumerated() where !child.isForetold {
            guard child.known != nil || child.isWhole else { continue }
            let today = walk.parents(of: child.node, edge: child.edge)
            let known = child.known?.parents ?? []
            if today.isSubset(of: known) { continue }
            recollection.children[index].isForetold = true
            let both = entry(today.union(known), child, chain.first)
            entries.append(MemoryEntry(key: child.key, exact: both, union: both))
        }
        if entries.isEmpty { return nil }
        if let verdict = try await remember(entries[...], &chain, history) { return verdict }
        // What came along with the edges may be older than the look of whoever moves the child on.
        if !walk.readsLater { walk.forgetDocuments(&plan) }
        return nil
    }

    /// Calls that write nothing but memory.
    func remember(
        _ entries: ArraySlice<MemoryEntry>, _ chain: inout Chain, _ history: History
    ) async throws(Fault) -> Verdict? {
        let size = settings.emission.keysPerCall
        let starts = Array(stride(from: entries.startIndex, to: entries.endIndex, by: size))
        for group in stride(from: 0, to: starts.count, by: settings.callsInFlight) {
            var calls = starts[group..<min(group + settings.callsInFlight, starts.count)].map { start in
                var call = ApplyCall(ticket: chain.first, history: history)
                for memory in entries[start..<min(start + size, entries.endIndex)] {
                    call.operations.remember(key: memory.key, value: memory.union)
                }
                return call
            }
            if let verdict = try await perform(&calls, [], &chain, isEnd: false) { return verdict }
        }
        return nil
    }

    /// After the walk: sweeps what may have gone unseen, and answers what is to be remembered.
    func compare(_ recollection: Recollection, _ ticket: Ticket) -> [MemoryEntry] {
        recollection.children.map { child in
            let today = walk.parents(of: child.node, edge: child.edge)
            let isKnown = child.known != nil || child.isWhole
            if !isCovered(child), !(isKnown && wasSeen(child.node)), let to = graph.edges[child.edge].to {
                plan.addSweep(.kind(to))
            }
            let both = today.union(child.known?.parents ?? [])
            return MemoryEntry(
                key: child.key, exact: entry(today, child, ticket), union: entry(both, child, ticket))
        }
    }

    private func entry(_ parents: Set<EntityRef>, _ child: Recollection.Child, _ ticket: Ticket) -> [UInt8] {
        if parents.isEmpty && child.isWhole { return [] }
        return Memory(parents: parents).entry(ticket, graph, plan.buffer.pool)
    }

    /// The row that was read is the one that the events tell of, so no parent came and went in between. A later row has
    /// events of its own, but what this one's was like nobody can tell any more: there and back again between two reads
    /// leaves no other trace. The row is read after its edges, so it can't be older than the parents that were found.
    private func wasSeen(_ index: Int) -> Bool {
        let node = plan.nodes[index]
        let row = plan.rowVersion(of: index)
        // What is behind its event is looked at again when it is there.
        if node.isGated { return true }
        guard graph[node.ref.kind].hasVersion, !node.hasSeveralVersions else { return false }
        // Who is gone has no parents.
        if node.isDeleted { return row == Node.noVersion || row > node.version }
        return row == node.version
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
