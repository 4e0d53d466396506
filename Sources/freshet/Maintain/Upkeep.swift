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
        /// Keys under former prefixes.
        var former: [[UInt8]] = []
        /// More than one run takes, or it was asked to stop.
        var isCut = false

        var count: Int { unowned.count + lasting.count + memories.count + former.count }
    }

    /// Keys that one run removes at most: they are in memory meanwhile.
    static let limit = 1_000_000
    private static let scanCount = 1_000
    private static let keysPerCall = 500

    let graph: Graph
    let cache: RedisCacheStore
    let pace: (Int) async -> Void
    let isStopping: @Sendable () -> Bool

    private var prefix: String { graph.namespace.prefix + graph.namespace.separator }

    func look(former: [String]) async throws -> Found {
        var found = Found()
        try await walk(&found)
        let known = Set(graph.edges.filter(\.remembers).map { Memory.hash($0, graph) })
        try await scan("\(prefix)freshet:memory:*", &found) { found, keys in
            found.memories += keys.filter { !known.contains($0) }
        }
        for name in former {
            try refuseLiving(name)
            try await scan("\(name)\(graph.namespace.separator)*", &found) { $0.former += $1 }
        }
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
        var cursor = "0"
        repeat {
            let reply = try cache.command("SCAN", cursor, "MATCH", pattern, "COUNT", "\(Self.scanCount)")
            let parts = reply.elements ?? []
            cursor = parts.first?.text ?? "0"
            let keys = parts.last?.elements?.compactMap(\.bytes) ?? []
            take(&found, keys)
            if isStopping() || found.count >= Self.limit { found.isCut = true }
            await pace(keys.count)
        } while cursor != "0" && !found.isCut
    }

    /// A prefix whose workers still show signs of life isn't a former one.
    private func refuseLiving(_ name: String) throws {
        guard name != graph.namespace.prefix else {
            throw CommandFailure(.usage, "`\(name)` is the prefix of this deployment, and no former one.")
        }
        let record = "\(name)\(graph.namespace.separator)freshet"
        let claim = try cache.command("HGET", record, "graph").text ?? ""
        let seconds = try cache.command("TIME").elements?.first?.int ?? 0
        if let until = claim.split(separator: " ").first.flatMap({ Int64($0) }), until > seconds * 1_000 {
            throw CommandFailure(
                .found, "Workers still use the prefix `\(name)`: stop them first, and wait ten seconds.")
        }
    }
}
