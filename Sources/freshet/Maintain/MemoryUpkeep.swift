import FreshetCore
import FreshetWorker
import RedisLink

/// Takes out of the memory what nothing will ask for again: entries that don't count any more, and those of children
/// that lead to no parent today, mostly because they were deleted.
///
/// A child that vanished without an event, or whose event is still on its way, may have left its parents wrong: they
/// are invalidated first, with a ticket that is younger than the look at the child. So its event finds nothing to do.
/// An entry that a lane has written meanwhile is left alone.
struct MemoryUpkeep {
    private static let entriesPerStep = 500

    let graph: Graph
    let cache: RedisCacheStore
    let models: any ReadModels
    let keysPerCall: Int
    let pace: (Int) async -> Void
    let isStopping: @Sendable () -> Bool

    private typealias Entry = (child: [UInt8], entry: [UInt8])

    /// How many there are, or were.
    func run(isExecuted: Bool) async throws(Fault) -> Int {
        guard let record = try await cache.look([]).record else { return 0 }
        var count = 0
        for (index, edge) in graph.edges.enumerated() where edge.remembers {
            let hash = Memory.hash(edge, graph)
            let mark = try await cache.recall(hash, [Memory.mark])[0]
            let isWhole = Memory.isWhole(mark, incarnation: record.incarnation, since: record.memory)
            var cursor: UInt64 = 0
            repeat {
                let step = try cache.entries(of: hash, cursor: cursor, count: Self.entriesPerStep)
                cursor = step.cursor
                let all = step.entries.filter { $0.child != Memory.mark }
                for start in stride(from: 0, to: all.count, by: Self.entriesPerStep) {
                    let page = Array(all[start..<min(start + Self.entriesPerStep, all.count)])
                    count += try await look(page, index, isWhole: isWhole, record, hash, isExecuted)
                    await pace(page.count)
                }
            } while cursor != 0 && !isStopping()
        }
        return count
    }

    private func look(
        _ page: [Entry], _ edge: Int, isWhole: Bool, _ record: ControlView.Record, _ hash: [UInt8], _ isExecuted: Bool
    ) async throws(Fault) -> Int {
        var pool = TextPool()
        var gone: [Entry] = []
        var known: [(entry: Entry, child: EntityRef, parents: Set<EntityRef>)] = []
        for entry in page {
            let memory = Memory(
                entry.entry, graph.edges[edge], incarnation: record.incarnation, since: record.memory, graph, &pool)
            // In a whole memory a batch may count on a parent that an old token names.
            let isOfUse = memory.counts || isWhole && !memory.parents.isEmpty
            if isOfUse, let child = Memory.entity(entry.child, graph.edges[edge].from, graph, &pool) {
                known.append((entry, child, memory.parents))
            } else if !memory.isForetold {
                gone.append(entry)
            }
        }
        let living = try await living(known.map(\.child), edge, &pool)
        var request = Invalidation.Request()
        for (entry, child, parents) in known where !living.contains(child) {
            gone.append(entry)
            request.entities += parents
        }
        guard isExecuted else { return gone.count }
        if !request.entities.isEmpty {
            request.entities = Set(request.entities).sorted { ($0.high, $0.low) < ($1.high, $1.low) }
            request.pool = pool
            let invalidation = Invalidation(graph: graph, cache: cache, models: models, keysPerCall: keysPerCall)
            _ = try await invalidation.perform(request)
        }
        guard let count = try cache.forget(gone, of: hash, incarnation: record.incarnation) else {
            throw Fault(
                .redis, .redis("OVERTAKEN"),
                "Redis lost its memory meanwhile, and workers made a new control record: run it again")
        }
        return count
    }

    /// Those that lead to a parent today, or whose entry is needed all the same. Where no SQL tells, all may.
    private func living(
        _ children: [EntityRef], _ edge: Int, _ pool: inout TextPool
    ) async throws(Fault) -> Set<EntityRef> {
        guard !children.isEmpty else { return [] }
        guard case .sql(let statement) = graph.edges[edge].resolution else { return Set(children) }
        var plan = Plan()
        plan.buffer.pool = pool
        let members = children.map { Int(plan.add(Change(entity: $0, operation: .upsert))) }
        let query = ReadQuery(statement: statement, parts: graph.columns(members[...], of: plan))
        let rows = try await models.read([query]).results[0].get()
        var found: Set<EntityRef> = []
        for row in 0..<rows.count {
            if let child = rows.reference(row, firstColumn: 0, kind: graph.edges[edge].from, graph, &pool) {
                found.insert(child)
            }
        }
        // Without an entry, the next event of a child that is alive would sweep: that it has no parent counts.
        if graph.edges[edge].pairs == nil {
            found.formUnion(try await existing(children.filter { !found.contains($0) }, edge, pool))
        }
        return found
    }

    /// Those that have a row; all where no SQL can tell.
    private func existing(_ children: [EntityRef], _ edge: Int, _ pool: TextPool) async throws(Fault) -> [EntityRef] {
        guard let template = graph[graph.edges[edge].from].keys.firstIndex(where: { $0.statement != nil }) else {
            return children
        }
        let documents = try await DocumentReader(graph, models).read(children, pool: pool)
        return children.filter { documents.document(of: $0, template: template) != .absent }
    }
}
