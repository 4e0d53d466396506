import CommandKit
import FreshetCore
import FreshetWorker
import RedisLink
import Wiring

/// Walks the keys of a deployment and finds those that nobody keeps true any more.
///
/// What stands under our own prefix goes behind the fences, as any invalidation; what stands under a former one has no
/// workers any more.
struct Upkeep {
    struct Found: Sendable {
        /// Keys under the prefix that no kind of the graph could have written.
        var unowned: [[UInt8]] = []
        /// Keys of a kind that never expire: no worker has written them.
        var lasting: [[UInt8]] = []
        /// Memories of edges that the graph doesn't have any more.
        var memories: [[UInt8]] = []
        /// Entries of memories, of children that lead nowhere any more.
        var children = 0
        /// Keys under former prefixes.
        var former: [[UInt8]] = []
        /// More than one run takes, or it was asked to stop.
        var isCut = false

        var count: Int { unowned.count + lasting.count + memories.count + former.count + children }
    }

    /// Keys that one run removes at most: they are in memory meanwhile.
    static let limit = 1_000_000
    private static let scanCount = 1_000
    private static let keysPerCall = 500

    let graph: Graph
    let cache: RedisCacheStore
    let pace: (Int) async -> Void
    let isStopping: @Sendable () -> Bool

    private var space: KeySpace { KeySpace(graph.namespace) }

    /// `owners` are the names of deployments whose former prefixes these may be: what is somebody else's stays.
    func look(former: [String], owners: Set<String>) async throws -> Found {
        let formers = try FormerPrefixes(former, graph.namespace)
        try await formers.refuseLiving(owners: owners, cache)
        try await NestedDeployments.refuse(under: space, cache)
        var found = Found()
        try await walk(&found)
        let known = Set(graph.edges.filter(\.remembers).map { Memory.hash($0, graph) })
        try await scan(KeySpace(start: "\(space.record):memory:").pattern, &found) { found, keys in
            found.memories += keys.filter { !known.contains($0) }
        }
        for former in formers.spaces { try await scan(former.pattern, &found) { $0.former += $1 } }
        return found
    }

    func remove(_ found: Found, models: any ReadModels) async throws(Fault) {
        let repairer = Repairer(cache, models)
        let ours = found.unowned + found.lasting
        for start in stride(from: 0, to: ours.count, by: Self.keysPerCall) {
            let page = Array(ours[start..<min(start + Self.keysPerCall, ours.count)])
            try await repairer.invalidate(page)
            await pace(page.count)
        }
        let others = found.memories + found.former
        for start in stride(from: 0, to: others.count, by: Self.keysPerCall) {
            let page = Array(others[start..<min(start + Self.keysPerCall, others.count)])
            _ = try cache.command([Array("UNLINK".utf8)] + page)
            await pace(page.count)
        }
    }

    private func walk(_ found: inout Found) async throws(Fault) {
        var reader = KeyReader(graph)
        var pool = TextPool()
        var cursor: UInt64 = 0
        repeat {
            let page = try await cache.scan(
                pattern: graph.namespacePattern, cursor: cursor, count: Self.scanCount)
            cursor = page.cursor
            pool.removeAll()
            for key in page.keys {
                if reader.read(key, pool: &pool) == nil {
                    found.unowned.append(key)
                } else if try cache.command([Array("PTTL".utf8), key]).int == -1 {
                    found.lasting.append(key)
                }
            }
            found.isCut = isStopping() || found.count >= Self.limit
            await pace(page.keys.count)
        } while cursor != 0 && !found.isCut
    }

    private func scan(
        _ pattern: String, _ found: inout Found, _ take: (inout Found, [[UInt8]]) -> Void
    ) async throws(Fault) {
        var cursor: UInt64 = 0
        repeat {
            let page = try cache.scanAll(pattern: pattern, cursor: cursor, count: Self.scanCount)
            cursor = page.cursor
            take(&found, page.keys)
            if isStopping() || found.count >= Self.limit { found.isCut = true }
            await pace(page.keys.count)
        } while cursor != 0 && !found.isCut
    }
}
