import FreshetCore
import PostgresLink
import Testing

@Suite struct CheckingTests {
    private static let table = "create table m (id int primary key, doc json, version numeric, at timestamptz)"

    @Test(arguments: [(true, false), (false, false), (true, true)])
    func describesWithoutRunning(isPipelined: Bool, isPooled: Bool) throws {
        var settings = PostgresSettings.patient(try SharedPostgres.database(Self.table))
        settings.isPipelined = isPipelined
        settings.isPooled = isPooled
        let connection = PostgresConnection(settings)
        let statement = Statement.readModel("select id, doc, version, at from m where id = any($1)", version: true)
        let description = try connection.describe(statement)
        #expect(description.columns.map(\.name) == ["id", "doc", "version", "at"])
        #expect(description.columns.map(\.typeName) == ["integer", "json", "numeric", "timestamp with time zone"])
        #expect(description.parameters == ["bigint[]"])
        #expect(
            description.problems(of: statement)
                == ["column version is numeric and must be bigint, integer or smallint; cast it to bigint"])
        let fault = #expect(throws: Fault.self) { try connection.describe(.readModel("select idd from m")) }
        #expect(fault?.code == .sqlState("42703"))
        #expect(fault?.message.contains("Perhaps you meant to reference the column \"m.id\"") == true)
        #expect(try connection.describe(statement) == description)
    }

    @Test(arguments: [true, false])
    func explainsAsJSON(isPooled: Bool) throws {
        var settings = PostgresSettings.patient(
            try SharedPostgres.database(
                Self.table + "; insert into m select i, '1' from generate_series(1, 10000) i; analyze m"))
        settings.isPooled = isPooled
        let connection = PostgresConnection(settings)
        let plan = try connection.explain(.readModel("select id, doc from m where id = any($1)"))
        #expect(plan.hasPrefix("["))
        #expect(plan.contains("\"Index Scan\""))
        #expect(try connection.explain(.readModel("select id, doc from m where id + 0 = any($1)")).contains("Seq Scan"))
    }

    @Test func queriesWithTextParameters() throws {
        let connection = PostgresConnection(.patient(try SharedPostgres.database()))
        #expect(try connection.query("select $1::int + 1, $2, null", ["41", nil]) == [["42", nil, nil]])
        #expect(try connection.query("select 1 where false") == [])
        #expect(try connection.serverVersion() >= 130_000)
    }
}
