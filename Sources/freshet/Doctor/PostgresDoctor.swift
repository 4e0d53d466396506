import CommandKit
import FreshetConfig
import FreshetCore
import PostgresLink
import Wiring

/// PostgreSQL: version, role, room for connections, rights on the read models, indexes and statistics. Reads only.
struct PostgresDoctor {
    let deployment: Deployment

    func run() async -> Diagnosis {
        var found = Diagnosis()
        let connection = PostgresConnection(deployment.settings.postgresSettings, access: .read)
        defer { connection.close() }
        do throws(Fault) {
            try found.clock("postgres") { () throws(Fault) in
                let sql = "select (extract(epoch from clock_timestamp()) * 1000)::bigint::text"
                // Connecting takes its time, and isn't part of the reading.
                _ = try connection.serverVersion()
                return try connection.query(sql).first?.first.flatMap { $0 }.flatMap { Int64($0) }
            }
        } catch {
            found.fail("postgres.connection", error, Self.advice(error))
            return found
        }
        do throws(Fault) {
            let facts = try PostgresFacts(connection)
            found.checks += facts.checks(
                captures: deployment.graph.graph.topics.contains { $0.events == .capture },
                connections: deployment.connections)
            try readModels(connection, &found)
            found.checks += try PostgresStatistics(deployment.graph.graph, connection).checks()
        } catch {
            found.fail("postgres.answers", error, Self.advice(error))
        }
        await snapshots(&found)
        return found
    }

    private static func advice(_ fault: Fault) -> String {
        switch fault.code {
        case .notPrimary: "point `postgres` at the primary: a replica may be older than the event"
        case .sqlState("28P01"), .sqlState("28000"): "check `postgres.user` and `postgres.password`, and pg_hba.conf"
        case .sqlState("3D000"): "check `postgres.database`"
        case .sqlState("55000"): "behind PgBouncer in transaction mode set `postgres.pooled: true`"
        case .sqlState("53300"): "raise max_connections, or run fewer workers"
        case .sqlState("42501"): "run `deploy/postgres-roles.sql` for this role"
        default: "check `postgres.url` or `postgres.host`, and that PostgreSQL runs"
        }
    }

    /// What `graph check` says, statement by statement.
    private func readModels(_ connection: PostgresConnection, _ found: inout Diagnosis) throws(Fault) {
        let findings = try GraphCheck(deployment.graph, connection).run()
        for finding in findings {
            let name = "graph line \(finding.place.line)"
            let what = "\(finding.subject): \(finding.wrong)"
            switch finding.severity {
            case .error: found.fail(name, what, finding.right)
            case .warning, .question: found.warn(name, what, finding.right)
            }
        }
        if findings.isEmpty {
            let graph = deployment.graph.graph
            found.ok(
                "postgres.read-models",
                "\(graph.statements.count) statements of \(graph.kinds.count) kinds: columns, rights, indexes are right"
            )
        }
    }

    /// What a worker asks besides the read models.
    private func snapshots(_ found: inout Diagnosis) async {
        let models = deployment.models()
        defer { models.disconnect() }
        do throws(Fault) {
            let history = try await models.position().history
            _ = try await models.visibility(of: [])
            _ = try await models.running()
            found.ok("postgres.history", "\(history): system and timeline; a failover gives another one")
        } catch {
            found.fail("postgres.history", error, Self.advice(error))
        }
    }
}

extension Deployment {
    /// Connections to PostgreSQL that one worker has open: lanes, coordinator, sampler, and a stream now and then.
    var connections: Int { settings.workerSettings.allLanes + 2 + (settings.samplingRate > 0 ? 1 : 0) }
}
