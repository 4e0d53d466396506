import FreshetCore
import LocalServers
import PostgresLink
import Testing

@Suite struct HistoryTests {
    @Test func aPromotedReplicaIsANewerHistoryThanTheOldPrimary() async throws {
        let folder = try TemporaryFolder()
        let primary = try PostgresServer(folder: try folder.folder("primary"))
        let replica = try PostgresServer(folder: try folder.folder("replica"), replicaOf: primary)
        let old = PostgresReadModels(.patient(primary.url()), statements: [])
        let new = PostgresReadModels(.patient(replica.url()), statements: [])
        let before = try await old.position()
        #expect(before.history.timeline == 1)

        let refused = await #expect(throws: Fault.self) { try await new.read([]) }
        #expect(refused?.code == .notPrimary)
        // Of several hosts the primary is found.
        let both = "postgresql://postgres@127.0.0.1:\(replica.port),127.0.0.1:\(primary.port)/postgres"
        let found = PostgresReadModels(.patient(both), statements: [])
        #expect(try await found.position().history == before.history)
        let onlyReplica = "postgresql://postgres@127.0.0.1:\(replica.port),127.0.0.1:\(replica.port)/postgres"
        let none = await #expect(throws: Fault.self) {
            try await PostgresReadModels(.patient(onlyReplica), statements: []).read([])
        }
        #expect(none?.code == .notPrimary)

        try replica.promote()
        let after = try await new.position()
        #expect(after.history == History(system: before.history.system, timeline: 2))
        #expect(try await old.read([]).history == before.history)
        #expect(try await new.read([]).history == after.history)
    }

    @Test func aRoleWithoutAnyGrantMayAskForEverything() async throws {
        let url = try SharedPostgres.database("create role plain login")
        for isPooled in [false, true] {
            var settings = PostgresSettings.patient(url.replacing("postgres@", with: "plain@"))
            settings.isPooled = isPooled
            let models = PostgresReadModels(settings, statements: [])
            #expect(try await models.position().flushed > 0)
            #expect(try await models.read([]).history.timeline == 1)
            #expect(try await models.visibility(of: []).xmin > 0)
        }
    }

    @Test func theFlushedPositionGrows() async throws {
        let url = try SharedPostgres.database("create table w (id int)")
        let models = PostgresReadModels(.patient(url), statements: [])
        let before = try await models.position().flushed
        try PostgresConnection(.patient(url), access: .readWrite).execute(
            "set synchronous_commit = on; insert into w values (1)")
        #expect(try await models.position().flushed > before)
    }

    @Test func openTransactionsAreInvisibleAndEndedOnesVisible() async throws {
        // A server of its own: ids of transactions are the whole server's, and other tests make some.
        let folder = try TemporaryFolder()
        let server = try PostgresServer(folder: try folder.folder("postgres"), settings: ["autovacuum": "off"])
        defer { withExtendedLifetime((folder, server)) {} }
        let url = server.url()
        try PostgresConnection(.patient(url), access: .readWrite).execute("create table v (id int)")
        let models = PostgresReadModels(.patient(url), statements: [])
        func begin() throws -> (PostgresConnection, UInt64) {
            let connection = PostgresConnection(.patient(url), access: .readWrite)
            try connection.execute("begin; insert into v values (1)")
            let id = try connection.query("select pg_current_xact_id()::text")[0][0].flatMap { UInt64($0) }
            return (connection, try #require(id))
        }
        let (open, first) = try begin()
        let (committed, second) = try begin()
        let (aborted, third) = try begin()
        try committed.execute("commit")
        try aborted.execute("rollback")
        let future = third + 1_000_000
        let now = try await models.visibility(of: [first, second, third, future, 0])
        #expect(now.visible == [false, true, true, false, true])
        #expect(now.xmin <= first)
        #expect(now.xmax <= future)
        #expect(try await now.history == models.position().history)
        // Newer than any that has ended: no snapshot lists it, and it runs.
        let (newest, fourth) = try begin()
        let running = try await models.running()
        #expect(running.ids == [first, fourth])
        #expect(running.xmax == fourth)
        #expect(running.end == fourth + 1)
        try newest.execute("rollback")
        try open.execute("commit")
        let later = try await models.visibility(of: [first, future])
        #expect(later.visible == [true, false])
    }
}
