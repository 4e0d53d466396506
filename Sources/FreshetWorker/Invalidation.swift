import FreshetCore

/// Invalidates what a person names: keys, entities with their cascades, patterns, whole kinds. With a ticket and
/// through the same scripts as the lanes, so that no read that is under way can write an older value behind it.
package struct Invalidation {
    package struct Request: Sendable {
        package var keys: [String] = []
        package var entities: [EntityRef] = []
        /// The ids of `entities` that don't fit into a reference.
        package var pool = TextPool()
        package var patterns: [String] = []
        package var kinds: [KindIndex] = []

        package init() {}
    }

    /// What a request comes to.
    package struct Scope: Sendable {
        /// One per entity.
        package var cascades: [Explanation] = []
        /// Each once, sorted.
        package var keys: [String] = []
        package var patterns: [String] = []
    }

    package struct Done: Hashable, Sendable {
        /// Keys by name: invalid now, whether they were cached or not.
        package var named: Int
        /// Keys that scanning found.
        package var found: Int

        package init(named: Int, found: Int) {
            self.named = named
            self.found = found
        }
    }

    /// Tries after a refusal: the floor was raised, or Redis changed, between ticket and call.
    private static let tries = 5
    /// Keys that one step of SCAN looks at.
    private static let scanCount = 1_000

    private let graph: Graph
    private let cache: any CacheStore
    private let models: any ReadModels
    private let keysPerCall: Int
    /// Called with the number of keys that were found by a step of SCAN; it may sleep, to bound the rate.
    private let pace: (Int) async -> Void

    package init(
        graph: Graph, cache: any CacheStore, models: any ReadModels, keysPerCall: Int,
        pace: @escaping (Int) async -> Void = { _ in }
    ) {
        self.graph = graph
        self.cache = cache
        self.models = models
        self.keysPerCall = keysPerCall
        self.pace = pace
    }

    /// Follows the edges of today's rows; writes nothing.
    package func scope(of request: Request) async throws(Fault) -> Scope {
        var scope = Scope()
        var keys = Set(request.keys)
        var patterns = Set(request.patterns)
        for pattern in graph.patterns(of: Set(request.kinds.map { Sweep.kind($0) })) {
            patterns.insert(String(decoding: pattern, as: UTF8.self))
        }
        for entity in request.entities {
            let cascade = try await Explainer.explain(
                entity, pool: request.pool, graph: graph, database: models, limit: .max)
            for reached in cascade.entities { keys.formUnion(reached.keys.filter { !$0.isTooLong }.map(\.text)) }
            for sweep in cascade.sweeps { patterns.formUnion(sweep.patterns) }
            scope.cascades.append(cascade)
        }
        scope.keys = keys.sorted()
        scope.patterns = patterns.sorted()
        return scope
    }

    /// How many keys the patterns match now.
    package func count(_ patterns: [String]) async throws(Fault) -> Int {
        var keys = 0
        for pattern in patterns {
            var cursor: UInt64 = 0
            repeat {
                let page = try await cache.scan(pattern: pattern, cursor: cursor, count: Self.scanCount)
                cursor = page.cursor
                keys += page.keys.count
                await pace(page.keys.count)
            } while cursor != 0
        }
        return keys
    }

    /// The ticket comes before the edges are read: whoever writes behind it has read later.
    package func perform(_ request: Request) async throws(Fault) -> Done {
        var last: Refusal?
        for _ in 0..<Self.tries {
            try await cache.requestTicket()
            guard let ticket = try await cache.ticket() else {
                throw Fault(
                    .redis, .protocolViolation,
                    "there is no control record under the prefix `\(graph.namespace.prefix)`, or workers follow "
                        + "another graph file: start a worker with this one; it will invalidate what it finds")
            }
            let history = try await models.position().history
            let scope = try await scope(of: request)
            last = try await unlink(scope.keys, ticket, history)
            if last != nil { continue }
            let patterns = scope.patterns.map { Array($0.utf8) }
            var sweeper = Sweeper(cache, patterns, ticket, history)
            switch try await sweeper.run(pace: pace) {
            case .swept(let found): return Done(named: scope.keys.count, found: found)
            case .refused(let refusal): last = refusal
            }
        }
        throw Fault(
            .redis, .connectionLost,
            "refused \(Self.tries) times, the last time because of: \(last.map { "\($0)" } ?? "")")
    }

    private func unlink(_ keys: [String], _ ticket: Ticket, _ history: History) async throws(Fault) -> Refusal? {
        var next = 0
        while next < keys.count {
            let end = min(next + keysPerCall, keys.count)
            var call = ApplyCall(ticket: ticket, history: history, invalidateOnly: true)
            for key in keys[next..<end] { Array(key.utf8).withUnsafeBytes { call.operations.unlink(key: $0) } }
            switch try await cache.apply([call])[0] {
            case .applied, .overlap: next = end
            case .refused(let refusal): return refusal
            case .failed(let fault): throw fault
            }
        }
        return nil
    }
}
