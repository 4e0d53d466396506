import CommandKit
import FreshetCore
import PostgresLink

/// What one connection to PostgreSQL alone reaches: documents, and what an entity's change reaches. Units are entities.
struct PostgresLimits {
    let servers: BenchServers
    let graph: Graph
    let seconds: Double
    private static let idsPerQuery = 500
    private static let queriesPerTrip = 4

    func read(_ entities: Int) async throws -> Lap {
        guard let kind = graph.kinds.first(where: { $0.name == "item" }), let statement = kind.keys[0].statement else {
            throw CommandFailure(.fatal, "the benchmark's own graph reads no items")
        }
        return try await ask(statement, entities)
    }

    func dependants(_ entities: Int) async throws -> Lap {
        guard case .sql(let statement)? = graph.edges.first?.resolution else {
            throw CommandFailure(.fatal, "the benchmark's own graph has no edge by SQL")
        }
        return try await ask(statement, entities)
    }

    private func ask(_ statement: Int, _ entities: Int) async throws -> Lap {
        let models = PostgresReadModels(PostgresSettings(url: servers.postgres.url()), statements: graph.statements)
        // Connecting is no part of it.
        _ = try await models.position()
        var next: Int64 = 0
        var done = 0
        let watch = Stopwatch(servers)
        while watch.seconds < seconds {
            var queries: [ReadQuery] = []
            for _ in 0..<Self.queriesPerTrip {
                let ids = (0..<Int64(Self.idsPerQuery)).map { 1 + (next + $0) % Int64(entities) }
                next += Int64(Self.idsPerQuery)
                queries.append(ReadQuery(statement: statement, parts: [.bigint(ids)]))
            }
            for result in try await models.read(queries).results { _ = try result.get() }
            done += Self.idsPerQuery * Self.queriesPerTrip
        }
        return watch.lap(done)
    }
}
