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
            var memory: Memory
            /// The entry's bytes, as they were seen or written last.
            var seen: [UInt8]
            /// The edge's memory is whole: what isn't known was never there.
            var isWhole: Bool
            /// Today's parents are known, and stand in the entry where they have to.
            var isForetold = false

            var isKnown: Bool { memory.counts || isWhole }
            var isCrowded: Bool { memory.parents.count >= Memory.crowd }
        }

        var children: [Child] = []
        /// No newer ticket was out when the entries were seen: who has one now has seen them later.
        var isAlone = false
    }

    /// Reads the memory under the batch's ticket, and reaches the remembered parents.
    func recall(_ ticket: Ticket) async throws(Fault) -> Recollection {
        var recollection = Recollection()
        // A second sweep removes keys once more; nothing changed.
        guard settings.defences.contains(.memory), remembers, !isSecondSweep else { return recollection }
        var pages: [MemoryPage] = []
        for (number, edge) in graph.edges.enumerated() where edge.remembers {
            let nodes = (0..<plan.changedCount).filter {
                plan.nodes[$0].ref.kind == edge.from && !plan.nodes[$0].isReread
            }
            for start in stride(from: 0, to: nodes.count, by: settings.emission.keysPerCall) {
                let page = nodes[start..<min(start + settings.emission.keysPerCall, nodes.count)]
                pages.append(try await look(page, of: number))
            }
        }
        // Behind the entries: a ticket that it doesn't know of sees them later.
        guard !pages.isEmpty, let record = try await parts.cache.look([]).record else { return recollection }
        recollection.isAlone = record.ticket <= ticket.number
        for page in pages { take(page, record, into: &recollection) }
        return recollection
    }

    private struct MemoryPage {
        var edge: Int
        var nodes: ArraySlice<Int>
        var names: [[UInt8]]
        /// The edge's mark, and then one for each node.
        var answers: [[UInt8]?]
    }

    private func look(_ nodes: ArraySlice<Int>, of edge: Int) async throws(Fault) -> MemoryPage {
        let names = nodes.map { Memory.child(plan.nodes[$0].ref, graph, plan.buffer.pool) }
        let answers = try await parts.cache.recall(Memory.hash(graph.edges[edge], graph), [Memory.mark] + names)
        return MemoryPage(edge: edge, nodes: nodes, names: names, answers: answers)
    }

    private func take(_ page: MemoryPage, _ record: ControlView.Record, into recollection: inout Recollection) {
        let edge = graph.edges[page.edge]
        let hash = Memory.hash(edge, graph)
        let isWhole = Memory.isWhole(page.answers[0], incarnation: record.incarnation, since: record.memory)
        for (place, node) in page.nodes.enumerated() {
            let seen = page.answers[place + 1] ?? []
            let memory = Memory(
                seen, edge, incarnation: record.incarnation, since: record.memory, graph, &plan.buffer.pool)
            recollection.children.append(
                Recollection.Child(
                    edge: page.edge, node: node, key: Memory.key(hash, page.names[place]), memory: memory, seen: seen,
                    isWhole: isWhole))
            for parent in memory.parents.sorted(by: { ($0.high, $0.low) < ($1.high, $1.low) }) {
                walk.remember(parent, of: node, edge: page.edge)
            }
        }
        if !isWhole && edge.pairs != nil { desk.missMemory() }
    }

    /// Behind each step of the walk: new parents are remembered beside the old ones before what depends on the child is
    /// read for them, or touched. Otherwise a batch that moves the child on could look into the memory before this one
    /// has written it, and never learn of a parent that this one still puts an older document under.
    ///
    /// Of an unknown child nothing but names: an entry that counts says that nothing else needs to be swept, and until
    /// this batch has done so that isn't true.
    func foretell(_ recollection: inout Recollection, _ chain: inout Chain) async throws(Fault) -> Verdict? {
        guard settings.defences.contains(.foretell), let history, !recollection.children.isEmpty else { return nil }
        var entries: [MemoryEntry] = []
        for (index, child) in recollection.children.enumerated() where !child.isForetold && walk.hasAsked(child.node) {
            recollection.children[index].isForetold = true
            let today = walk.parents(of: child.node, edge: child.edge)
            // What counts nobody takes out as long as this batch may be at work, but of a crowd.
            let isKept = (child.isKnown || child.memory.isForetold) && !child.isCrowded
            if today.isSubset(of: child.memory.parents) && isKept { continue }
            var both = Memory(parents: today.union(child.memory.parents))
            both.counts = child.isKnown
            let entry = both.entry(chain.first, graph, plan.buffer.pool)
            let write = MemoryWrite(entry: entry, seen: child.seen, both: entry)
            entries.append(MemoryEntry(key: child.key, write: write, union: entry))
            recollection.children[index].seen = entry
        }
        if entries.isEmpty { return nil }
        if let verdict = try await remember(entries[...], &chain, history) { return verdict }
        // What came along with the edges may be older than the look of whoever moves the child on.
        if !walk.readsLater { walk.forgetDocuments(plan) }
        return nil
    }

    /// What is written of one child, as a key of a script call.
    struct MemoryEntry {
        var key: [UInt8]
        /// Together with the checkpoint only: a batch that is applied again must still find the old parents.
        var write: MemoryWrite
        /// With the old parents, so at any time.
        var union: [UInt8]

        var addition: MemoryWrite { MemoryWrite(entry: union, seen: write.seen, both: union) }
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
                    call.operations.remember(key: memory.key, memory.addition)
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
            if !isCovered(child), !(child.isKnown && wasSeen(child.node)), let to = graph.edges[child.edge].to {
                plan.addSweep(.kind(to))
            }
            let exact = entry(today, child, ticket)
            let union = entry(today.union(child.memory.parents), child, ticket)
            // In a crowd whoever has looked at the entry has said so in it, and the script compares.
            let both = child.isCrowded && recollection.isAlone ? exact : union
            let write = MemoryWrite(entry: exact, seen: child.seen, both: both)
            return MemoryEntry(key: child.key, write: write, union: union)
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
        let told = plan.eventVersion(of: index)
        if node.isDeleted { return row == Node.noVersion || row > told }
        return row == told
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
