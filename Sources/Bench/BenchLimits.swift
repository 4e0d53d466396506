import FreshetConfig
import FreshetCore

/// The parts alone, once each.
struct BenchLimits {
    let plan: BenchPlan
    let servers: BenchServers
    let round: Int
    /// With as many threads as a worker has lanes by default.
    private static let threads = BenchCase().lanes

    func run(_ add: (BenchPart, Lap) -> Void) throws {
        let parts = plan.parts
        func all(_ works: Set<BenchPart.Work>) -> [BenchPart] { parts.filter { works.contains($0.work) } }
        // Joining takes seconds in which a consumer does nothing, so the rest is measured meanwhile.
        let logs = try all([.consume]).map { part in
            let backlog = plan.backlog(of: part.bench)
            try servers.fill(backlog)
            let limits = try KafkaLimits(
                servers, backlog, lanes: Self.threads, name: "\(backlog.topic)-\(round)")
            return (part, limits)
        }
        for part in all([.decode]) {
            add(
                part,
                try DecodeLimit(servers: servers, graph: graph(part), threads: Self.threads, seconds: seconds).run())
        }
        for part in all([.dependants, .read]) {
            let limits = PostgresLimits(
                servers: servers, graph: try graph(part), threads: Self.threads, seconds: seconds)
            let entities = plan.entities(of: part.bench)
            add(part, part.work == .read ? try limits.read(entities) : try limits.dependants(entities))
        }
        for part in all([.set, .fencedSet, .unlink, .fencedUnlink]) { add(part, try redis(part)) }
        for (part, limits) in logs { add(part, try limits.consume()) }
    }

    private var seconds: Double { plan.limitSeconds }

    private func graph(_ part: BenchPart) throws -> Graph {
        try servers.prepare(part.bench, plan)
        let text = BenchTables.graph(part.bench, topic: plan.backlog(of: part.bench).topic)
        return try GraphFile.load(path: servers.write(text, "graph-limits.yaml")).graph
    }

    private func redis(_ part: BenchPart) throws -> Lap {
        let (bench, entities) = (part.bench, plan.entities(of: part.bench))
        let limits = RedisLimits(
            servers: servers, namespace: try graph(part).namespace, threads: Self.threads,
            keys: entities * bench.fanOut)
        try servers.fillCache(bench, entities: entities)
        switch part.work {
        case .set: return try limits.set(bytes: bench.documentBytes, seconds: seconds)
        case .fencedSet: return try limits.fencedSet(bytes: bench.documentBytes, seconds: seconds)
        default: break
        }
        var lap = try part.work == .unlink ? limits.unlink() : limits.fencedUnlink()
        for _ in 1..<plan.removals {
            try servers.fillCache(bench, entities: entities)
            lap = lap + (try part.work == .unlink ? limits.unlink() : limits.fencedUnlink())
        }
        return lap
    }
}
