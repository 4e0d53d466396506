import FreshetCore

/// Makes an edge's memory whole, step by step beside everything else: every pair is streamed from PostgreSQL under one
/// ticket, then the parents' kind is invalidated once, then the mark is set.
///
/// What stands there stays, and this one's word is only added to it. What changed before the memory began, and nobody
/// saw, the sweep covers.
final class MemoryBuild {
    enum Step {
        case more
        case whole(children: Int, keys: Int)
        /// Something moved under it: begin anew.
        case refused(Refusal)
    }

    private enum Stage {
        case streaming
        case sweeping(Sweeper)
    }

    let edge: Int
    private let graph: Graph
    private let cache: any CacheStore
    private let stream: any RowStream
    private let ticket: Ticket
    private let history: History
    private let hash: [UInt8]
    /// As it was seen before: it is replaced.
    private let mark: [UInt8]
    private var stage = Stage.streaming
    /// The child whose pairs may go on in the next page, and its parents, as they are written.
    private var open: (child: [UInt8], parents: Set<[UInt8]>)?
    private var children = 0
    private static let entriesPerCall = 512

    /// The ticket was taken before the stream was opened.
    init(
        edge: Int, graph: Graph, cache: any CacheStore, stream: any RowStream, ticket: Ticket, history: History,
        mark: [UInt8]
    ) {
        self.edge = edge
        self.graph = graph
        self.cache = cache
        self.stream = stream
        self.ticket = ticket
        self.history = history
        self.mark = mark
        hash = Memory.hash(graph.edges[edge], graph)
    }

    func close() { stream.close() }

    func step() async throws(Fault) -> Step {
        switch stage {
        case .streaming:
            guard let rows = try await stream.next() else { return try await endStream() }
            if let refusal = try await write(entries(rows)) { return .refused(refusal) }
            return .more
        case .sweeping(var sweeper):
            let step = try await sweeper.step()
            stage = .sweeping(sweeper)
            switch step {
            case .more: return .more
            case .refused(let refusal): return .refused(refusal)
            case .swept:
                if let refusal = try await write([
                    Entry(child: Memory.mark, entry: Memory.markEntry(ticket), seen: mark)
                ]) {
                    return .refused(refusal)
                }
                return .whole(children: children, keys: sweeper.keys)
            }
        }
    }

    private func endStream() async throws(Fault) -> Step {
        if let refusal = try await write(closeChild()) { return .refused(refusal) }
        guard let to = graph.edges[edge].to, let ticket = try await newTicket() else { return .refused(.incarnation) }
        stage = .sweeping(Sweeper(cache, graph.patterns(of: [.kind(to)]), ticket, history))
        return .more
    }

    private func newTicket() async throws(Fault) -> Ticket? {
        try await cache.requestTicket()
        return try await cache.ticket()
    }

    private struct Entry {
        var child: [UInt8]
        var entry: [UInt8]
        /// Of children nothing: whatever stands there stays, as a batch may count on it.
        var seen: [UInt8] = []
    }

    /// The entries that are complete with these rows; the last child's parents may go on.
    private func entries(_ rows: Rows) -> [Entry] {
        let definition = graph.edges[edge]
        guard let to = definition.to else { return [] }
        var entries: [Entry] = []
        var pool = TextPool()
        for row in 0..<rows.count {
            guard
                let from = rows.reference(row, firstColumn: 0, kind: definition.from, graph, &pool),
                let parent = rows.reference(
                    row, firstColumn: graph[definition.from].id.count, kind: to, graph, &pool)
            else { continue }
            let child = Memory.child(from, graph, pool)
            if open?.child != child { entries += closeChild() }
            if open == nil { open = (child, []) }
            open?.parents.insert(Memory.child(parent, graph, pool))
        }
        return entries
    }

    private func closeChild() -> [Entry] {
        guard let done = open else { return [] }
        open = nil
        children += 1
        return [Entry(child: done.child, entry: Memory.entry(ticket, parents: Array(done.parents)))]
    }

    private func write(_ entries: [Entry]) async throws(Fault) -> Refusal? {
        var calls: [ApplyCall] = []
        for start in stride(from: 0, to: entries.count, by: Self.entriesPerCall) {
            // A full Redis takes the memory too: without it each change would sweep.
            var call = ApplyCall(ticket: ticket, history: history, invalidateOnly: true)
            for entry in entries[start..<min(start + Self.entriesPerCall, entries.count)] {
                call.operations.remember(
                    key: Memory.key(hash, entry.child),
                    MemoryWrite(entry: entry.entry, seen: entry.seen, both: entry.entry))
            }
            calls.append(call)
        }
        guard !calls.isEmpty else { return nil }
        for reply in try await cache.apply(calls) {
            switch reply {
            case .applied, .overlap: continue
            case .refused(let refusal): return refusal
            case .failed(let fault): throw fault
            }
        }
        return nil
    }
}
