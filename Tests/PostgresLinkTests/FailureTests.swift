import FreshetCore
import LocalServers
import PostgresLink
import Testing

@Suite struct FailureTests {
    private static let sleeper = Statement.readModel(
        "select i as id, 'slept' || pg_sleep(i) as doc from unnest($1) as i")
    private static let quick = Statement.readModel("select i as id, 'quick' as doc from unnest($1) as i")

    @Test func aConnectionKilledInAPipelineFailsAllAndTheNextCallConnectsAgain() async throws {
        let url = try SharedPostgres.database()
        let models = PostgresReadModels(
            .patient(url),
            statements: [
                Self.quick,
                .readModel("select i as id, pg_terminate_backend(pg_backend_pid())::text as doc from unnest($1) as i"),
            ])
        let quick = ReadQuery(statement: 0, parts: [.bigint([1])])
        let fault = await #expect(throws: Fault.self) {
            try await models.read([quick, ReadQuery(statement: 1, parts: [.bigint([1])]), quick])
        }
        #expect(fault?.code == .connectionLost)
        #expect(fault?.message.contains("57P01") == true)
        #expect(try await models.read([quick]).results[0].get().columns[1].texts == ["quick"])
    }

    @Test func theServersTimeLimitIsOneQuerysError() async throws {
        var settings = PostgresSettings.patient(try SharedPostgres.database())
        var results: [Result<Rows, Fault>] = []
        // All that a session asks for is under the limit: a machine that is too busy for a short one gets a longer one.
        for limit in [100, 1_000, 10_000] where results.isEmpty {
            settings.statementTimeout = limit
            let models = PostgresReadModels(settings, statements: [Self.sleeper, Self.quick])
            let answer = try? await models.read([
                ReadQuery(statement: 0, parts: [.bigint([60])]), ReadQuery(statement: 1, parts: [.bigint([1])]),
            ])
            if let answer, case .success = answer.results[1] { results = answer.results }
        }
        try #require(results.count == 2)
        guard case .failure(let fault) = results[0] else { return #expect(Bool(false), "no time limit") }
        #expect(fault.code == .sqlState("57014"))
        #expect(try results[1].get().count == 1)
    }

    @Test func aStalledServerHitsTheDeadline() async throws {
        let folder = try TemporaryFolder()
        let server = try PostgresServer(folder: try folder.folder("postgres"))
        let patient = PostgresReadModels(.patient(server.url()), statements: [Self.quick])
        var settings = PostgresSettings.patient(server.url())
        settings.roundTripTimeout = 1_000
        settings.connectTimeout = 1_000
        let models = PostgresReadModels(settings, statements: [Self.quick])
        let quick = ReadQuery(statement: 0, parts: [.bigint([1])])
        _ = try await patient.read([quick])
        // A busy machine doesn't keep such limits each time.
        var isOpen = false
        for _ in 0..<100 where !isOpen { isOpen = (try? await models.position()) != nil }
        try #require(isOpen)
        server.suspend()
        let read = await #expect(throws: Fault.self) { try await models.read([quick]) }
        #expect(read?.code == .timeout)
        let connect = await #expect(throws: Fault.self) { try await models.read([quick]) }
        #expect(connect?.code == .timeout)
        #expect(connect?.message.contains("no session within 1000 ms") == true)
        server.resume()
        var count: Int?
        for _ in 0..<100 where count == nil { count = try? await models.read([quick]).results[0].get().count }
        #expect(count == 1)
        server.kill()
        let lost = await #expect(throws: Fault.self) { try await patient.read([quick]) }
        #expect(lost?.code == .connectionLost)
        let refused = await #expect(throws: Fault.self) { try await patient.read([quick]) }
        #expect(refused?.code == .cannotConnect)
        try server.restart()
        #expect(try await patient.read([quick]).results[0].get().count == 1)
    }

    @Test func passwordsAreDemandedAndNeverShown() throws {
        let folder = try TemporaryFolder()
        let server = try PostgresServer(folder: try folder.folder("postgres"), passwords: ["reader": "hunter2 ü"])
        func settings(_ password: String?) -> PostgresSettings {
            .patient(
                .parts(host: "127.0.0.1", port: server.port, user: "reader", password: password, database: "postgres"))
        }
        #expect(try PostgresConnection(settings("hunter2 ü")).query("select current_user") == [["reader"]])
        let wrong = #expect(throws: Fault.self) { try PostgresConnection(settings("geheim-7")).query("select 1") }
        #expect(wrong?.code == .sqlState("28P01"))
        #expect(wrong?.message.contains("geheim-7") == false)
        #expect(wrong?.message.contains("password authentication failed") == true)
        let none = #expect(throws: Fault.self) { try PostgresConnection(settings(nil)).query("select 1") }
        #expect(none?.code == .cannotConnect)
        let malformed = PostgresSettings(url: "postgres//reader:geheim-7@127.0.0.1/postgres")
        let unclear = #expect(throws: Fault.self) { try PostgresConnection(malformed).query("select 1") }
        #expect(unclear?.message.contains("geheim-7") == false)
    }

    @Test func aMissingDatabaseIsNamed() throws {
        let url = try SharedPostgres.database() + "_missing"
        let fault = #expect(throws: Fault.self) { try PostgresConnection(.patient(url)).query("select 1") }
        #expect(fault?.code == .sqlState("3D000"))
    }

    @Test func settingsThatDidNotArriveAreNoticed() throws {
        // The URL's own options come first, ours win; one the server refuses ends the attempt.
        let url = try SharedPostgres.database()
        let connection = PostgresConnection(.patient(url + "?options=-c%20TimeZone%3DAsia/Tokyo"))
        #expect(try connection.query("show TimeZone") == [["UTC"]])
        var settings = PostgresSettings.patient(url)
        settings.searchPath = "public, \"C d\""
        #expect(try PostgresConnection(settings).query("show search_path") == [["public, \"C d\""]])
    }
}
