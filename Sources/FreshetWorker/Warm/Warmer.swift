import FreshetCore

/// Loads the cache from the read models, page by page, as a lane would refresh the same entities: a ticket first, then
/// the documents, then writes behind the fences. So it may run beside workers: what they touch meanwhile is refused,
/// and read again with a new ticket.
package final class Warmer {
    private let graph: Graph
    private let cache: any CacheStore
    private let reader: DocumentReader
    private let related: RelatedReader
    private let surroundings: any Surroundings
    private let settings: WarmSettings
    private let isStopping: () -> Bool
    private let progress: (WarmReport) -> Void
    private var reading: Pace
    private var writing: Pace
    private var report: WarmReport

    package init(
        graph: Graph, cache: any CacheStore, models: any ReadModels, surroundings: any Surroundings,
        settings: WarmSettings, isStopping: @escaping () -> Bool = { false },
        progress: @escaping (WarmReport) -> Void = { _ in }
    ) {
        self.graph = graph
        self.cache = cache
        self.surroundings = surroundings
        self.settings = settings
        self.isStopping = isStopping
        self.progress = progress
        reader = DocumentReader(graph, models)
        related = RelatedReader(graph, models)
        reading = Pace(rate: settings.readRate)
        writing = Pace(rate: settings.writeRate)
        report = WarmReport(kinds: graph.kinds.count)
    }

    /// `ids` opens the stream of a kind's ids, on a connection of its own, in pages of at most `pageEntities`.
    package func run(_ ids: (KindIndex) throws(Fault) -> any RowStream) async throws(Fault) -> WarmReport {
        for kind in settings.kinds {
            let stream = try ids(kind)
            defer { stream.close() }
            try await warm(kind, stream)
            if report.isCut { break }
        }
        return report
    }

    private func warm(_ kind: KindIndex, _ stream: any RowStream) async throws(Fault) {
        var pool = TextPool()
        var room = settings.top ?? Int.max
        while room > 0, let rows = try await stream.next() {
            if isStopping() {
                report.isCut = true
                return
            }
            pool.removeAll()
            var entities: [EntityRef] = []
            for row in 0..<min(rows.count, room) {
                if let entity = rows.reference(row, firstColumn: 0, kind: kind, graph, &pool) {
                    entities.append(entity)
                }
            }
            room -= rows.count
            report.pages += 1
            try await load(entities, kind, pool)
            if settings.isRelated { try await loadRelated(to: entities, pool) }
        }
    }

    private func load(_ entities: [EntityRef], _ kind: KindIndex, _ pool: TextPool) async throws(Fault) {
        report.kinds[Int(kind.value)].entities += entities.count
        if !settings.isDry { try await write(entities, kind, pool) }
        progress(report)
    }

    /// What several pages lead to is loaded with each of them: memory holds one page's cascade and no more.
    private func loadRelated(to entities: [EntityRef], _ pool: TextPool) async throws(Fault) {
        let (found, pool) = try await related.related(to: entities, pool)
        for kind in graph.kinds.indices.map(KindIndex.init) {
            let reached = found[kind] ?? []
            for start in stride(from: 0, to: reached.count, by: settings.pageEntities) where !isStopping() {
                let end = min(start + settings.pageEntities, reached.count)
                try await load(Array(reached[start..<end]), kind, pool)
            }
        }
    }

    private func write(_ entities: [EntityRef], _ kind: KindIndex, _ pool: TextPool) async throws(Fault) {
        var waiting = entities
        for attempt in 1...settings.attempts where !waiting.isEmpty {
            await rest(reading.rest(before: waiting.count, now: surroundings.now()))
            try await cache.requestTicket()
            guard let ticket = try await cache.ticket() else { throw Repairer.noRecord }
            var read = try await reader.read(waiting, pool: pool)
            guard let history = read.history else { return }
            switch try await apply(&read, ticket, history, kind) {
            case .written(let refused): waiting = refused
            // The floor has risen, or Redis was restarted: a new ticket is enough.
            case .refused(let refusal):
                guard refusal == .floor || refusal == .process, attempt < settings.attempts else {
                    throw Repairer.refused(refusal)
                }
            }
        }
        // Invalid, so never stale: whoever touches them so often will see to them.
        report.kinds[Int(kind.value)].left += waiting.count
    }

    private enum Applied {
        case written(refused: [EntityRef])
        case refused(Refusal)
    }

    private func apply(
        _ read: inout Documents, _ ticket: Ticket, _ history: History, _ kind: KindIndex
    ) async throws(Fault) -> Applied {
        var emission = Emission(
            read.plan, bounds: settings.emission, seed: surroundings.random(), onlyReached: false)
        var refused: Set<Int> = []
        while !emission.isFinished {
            let chunks = emission.chunks(settings.callsInFlight, &read.plan, read.walk, graph)
            let keys = chunks.reduce(0) { $0 + $1.operations.count }
            await rest(writing.rest(before: keys, now: surroundings.now()))
            let calls = chunks.map { ApplyCall(ticket: ticket, history: history, operations: $0.operations) }
            for (index, reply) in try await cache.apply(calls).enumerated() {
                switch reply {
                case .applied(let places), .overlap(let places, _):
                    let operations = chunks[index].operations
                    report.kinds[Int(kind.value)].written += operations.writes - places.count
                    report.kinds[Int(kind.value)].invalidated += operations.count - operations.writes
                    report.bytes += operations.byteCount
                    for place in places { refused.insert(Int(chunks[index].nodes[place])) }
                case .refused(let refusal): return .refused(refusal)
                // A full Redis is not filled further.
                case .failed(let fault): throw fault
                }
            }
        }
        return .written(refused: refused.sorted().map { read.plan.nodes[$0].ref })
    }

    private func rest(_ milliseconds: Int) async {
        if milliseconds > 0 { await surroundings.sleep(milliseconds: milliseconds) }
    }
}
