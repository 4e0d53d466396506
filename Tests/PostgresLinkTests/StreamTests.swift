import FreshetCore
import PostgresLink
import Testing

@Suite struct StreamTests {
    private static let columns = Statement.readModel("").columns

    @Test(arguments: [false, true])
    func pagesHoldAllRowsOnce(isPooled: Bool) throws {
        var settings = PostgresSettings.patient(
            try SharedPostgres.database(
                """
                create table s as
                select i::bigint as id, jsonb_build_object('n', i) as doc from generate_series(1, 2500) i
                """
            ))
        settings.isPooled = isPooled
        let connection = PostgresConnection(settings)
        var sizes: [Int] = []
        var ids: [Int64?] = []
        var documents: [String?] = []
        try connection.stream("select id, doc from s order by id", columns: Self.columns, pageRows: 1000) { page in
            sizes.append(page.count)
            ids += page.columns[0].integers
            documents += page.columns[1].texts
        }
        #expect(sizes == [1000, 1000, 500])
        #expect(ids == (1...2500).map { $0 })
        #expect(documents[2499] == #"{"n": 2500}"#)
        // Once more on the same connection, which is free again.
        try connection.stream("select id, doc from s limit 0", columns: Self.columns, pageRows: 10) { _ in
            #expect(Bool(false), "there is no page")
        }
        #expect(try connection.query("select 1") == [["1"]])
    }

    @Test func anErrorOfTheBodyEndsIt() throws {
        struct Enough: Error {}
        let connection = PostgresConnection(.patient(try SharedPostgres.database()))
        var pages = 0
        #expect(throws: Enough.self) {
            let sql = "select i as id, i::text as doc from generate_series(1, 100) i"
            try connection.stream(sql, columns: Self.columns, pageRows: 10) { _ in
                pages += 1
                throw Enough()
            }
        }
        #expect(pages == 1)
        #expect(try connection.query("select 1") == [["1"]])
    }

    @Test func aWrongStatementIsAFault() throws {
        let connection = PostgresConnection(.patient(try SharedPostgres.database()))
        let fault = #expect(throws: Fault.self) {
            try connection.stream("select id from missing", columns: Self.columns, pageRows: 10) { _ in }
        }
        #expect(fault?.code == .sqlState("42P01"))
    }
}
