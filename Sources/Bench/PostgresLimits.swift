import CommandKit
import FreshetCore
import PostgresLink

/// What PostgreSQL alone reaches, asked as a lane asks: documents, and what an entity's change reaches. Units are
/// entities.
struct PostgresLimits {
    let servers: BenchServers
    let graph: Graph
    let threads: Int
    let seconds: Double
    /// Of one round trip, in two queries.
    private static let ids = 16_384

    func read(_ entities: Int) throws -> Lap {
        guard let kind = graph.kinds.first(where: { $0.name == "item" }), let statement = kind.keys[0].statement else {
            throw CommandFailure(.fatal, "the benchmark's own graph reads no items")
        }
        return try ask(statement, entities)
    }

    func dependants(_ entities: Int) throws -> Lap {
        guard case .sql(let statement)? = graph.edges.first?.resolution else {
            throw CommandFailure(.fatal, "the benchmark's own graph has no edge by SQL")
        }
        return try ask(statement, entities)
    }

    private func ask(_ statement: Int, _ entities: Int) throws -> Lap {
        let (url, statements) = (servers.postgres.url(), graph.statements)
        let (length, threads) = (UInt64(seconds * 1e9), threads)
        let ids = max(1, min(Self.ids / 2, entities / threads))
        return try BenchThreads.run(threads, servers) { thread, ready in
            let models = PostgresReadModels(PostgresSettings(url: url), statements: statements)
            var next = Int64(entities / threads * thread)
            func trip() async throws {
                var queries: [ReadQuery] = []
                for _ in 0..<2 {
                    queries.append(
                        ReadQuery(
                            statement: statement,
                            parts: [.bigint((0..<Int64(ids)).map { 1 + (next + $0) % Int64(entities) })]))
                    next += Int64(ids)
                }
                for result in try await models.read(queries).results { _ = try result.get() }
            }
            // Connecting and preparing is no part of it.
            try await trip()
            ready()
            let end = MachineClock.now() + length
            var done = 0
            while MachineClock.now() < end {
                try await trip()
                done += 2 * ids
            }
            return done
        }
    }
}
