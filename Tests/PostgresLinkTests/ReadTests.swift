import FreshetCore
import PostgresLink
import TestServers
import Testing

@Suite struct ReadTests {
    private static let table = """
        create table m (id bigint primary key, doc jsonb, version int, kind uuid, slug varchar(40));
        insert into m values
            (1, '{"b": 1, "a": [1, 2.50]}', 7, '00000000-0000-0001-0000-000000000002', 'eins'),
            (2, null, null, 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'zwei ü'),
            (3, '"x"', 9, '12345678-9abc-def0-1122-334455667788', '');
        """

    @Test(arguments: [(true, false), (false, false), (true, true), (false, true)])
    func readsByIDInEveryMode(isPipelined: Bool, isPooled: Bool) async throws {
        var settings = PostgresSettings.patient(try SharedPostgres.database(Self.table))
        settings.isPipelined = isPipelined
        settings.isPooled = isPooled
        let models = PostgresReadModels(
            settings,
            statements: [
                .readModel("select version, doc, id from m where id = any($1) order by id", version: true),
                .readModel("select kind as id, doc from m where kind = any($1)", id: .uuid),
                .readModel("select slug as id, slug as doc from m where slug = any($1) order by id", id: .text),
                Statement(
                    name: "edge m → m", sql: "select a, b, id from unnest($1, $2) as t(a, b) join m on m.slug = t.b",
                    parameters: [.bigint, .text],
                    columns: [
                        .init(name: nil, type: .id(.bigint)), .init(name: nil, type: .id(.text)),
                        .init(name: nil, type: .id(.bigint)),
                    ]),
            ])
        for _ in 0..<2 {
            let answer = try await models.read([
                ReadQuery(statement: 0, parts: [.bigint([3, 1, 2, 99])]),
                ReadQuery(
                    statement: 1, parts: [.uuid([UUIDBits(high: 0x1234_5678_9abc_def0, low: 0x1122_3344_5566_7788)])]),
                ReadQuery(statement: 2, parts: [.text(ByteArena(["zwei ü", "", "nobody"]))]),
                ReadQuery(statement: 3, parts: [.bigint([-5, 6]), .text(ByteArena(["eins", "drei"]))]),
                ReadQuery(statement: 0, parts: [.bigint([])]),
            ])
            #expect(answer.history.timeline == 1)
            #expect(answer.history.system > 1 << 32)
            let first = try answer.results[0].get()
            #expect(first.count == 3)
            #expect(first.columns[0].integers == [1, 2, 3])
            #expect(first.columns[1].texts == [#"{"a": [1, 2.50], "b": 1}"#, nil, #""x""#])
            #expect(first.columns[2].integers == [7, nil, 9])
            let second = try answer.results[1].get()
            #expect(second.columns[0].uuids == [UUIDBits(high: 0x1234_5678_9abc_def0, low: 0x1122_3344_5566_7788)])
            #expect(try answer.results[2].get().columns[0].texts == ["", "zwei ü"])
            let edge = try answer.results[3].get()
            #expect(edge.columns[0].integers == [-5])
            #expect(edge.columns[1].texts == ["eins"])
            #expect(edge.columns[2].integers == [1])
            #expect(try answer.results[4].get().count == 0)
        }
    }

    /// Few ids: planned once, because planning takes longer than reading. Many: planned for as many as there are.
    @Test func whenStatementsArePlanned() async throws {
        let settings = PostgresSettings.patient(try SharedPostgres.database(Self.table))
        let mode = "select id, current_setting('plan_cache_mode') as doc from m where id = any($1)"
        let models = PostgresReadModels(settings, statements: [.readModel(mode)])
        for (count, wanted) in [(1, "force_generic_plan"), (513, "force_custom_plan"), (512, "force_generic_plan")] {
            let answer = try await models.read([
                ReadQuery(statement: 0, parts: [.bigint([2])]),
                ReadQuery(statement: 0, parts: [.bigint([Int64](repeating: 1, count: count))]),
            ])
            #expect(try answer.results[0].get().columns[1].texts == [wanted])
            #expect(try answer.results[1].get().columns[1].texts == [wanted])
        }
    }

    /// Edges between numbers come as arrays; what users write around their statement doesn't matter.
    @Test(arguments: [(true, false), (false, false), (true, true), (false, true)])
    func pairsOfNumbers(isPipelined: Bool, isPooled: Bool) async throws {
        let table = """
            create table pair (a bigint, b int, c smallint, other text);
            insert into pair values (1, 10, 100, 'x'), (1, 11, 101, 'y'), (2, null, 102, 'z'), (-3, -30, -300, '');
            insert into pair select 7, n, n % 1000, '' from generate_series(1, 100000) n;
            """
        var settings = PostgresSettings.patient(try SharedPostgres.database(table))
        settings.isPipelined = isPipelined
        settings.isPooled = isPooled
        let pair = Statement.Column(name: nil, type: .id(.bigint))
        let models = PostgresReadModels(
            settings,
            statements: [
                "select a, b from pair where a = any($1) order by a, b",
                "with p as (select * from pair) select b, c, other from p where a = any($1) order by b --;",
                "select c, a from pair where a = any($1) order by c limit 1",
                "select a, other from pair where a = any($1)",
            ].map { Statement(name: "edge", sql: $0, parameters: [.bigint], columns: [pair, pair]) })
        let answer = try await models.read([
            ReadQuery(statement: 0, parts: [.bigint([1, 2, -3])]), ReadQuery(statement: 0, parts: [.bigint([99])]),
            ReadQuery(statement: 1, parts: [.bigint([1, -3])]), ReadQuery(statement: 2, parts: [.bigint([1, 2])]),
            ReadQuery(statement: 3, parts: [.bigint([1])]), ReadQuery(statement: 0, parts: [.bigint([7])]),
        ])
        let first = try answer.results[0].get()
        #expect(first.count == 4)
        #expect(first.columns[0].integers == [-3, 1, 1, 2])
        #expect(first.columns[1].integers == [-30, 10, 11, nil])
        #expect(try answer.results[1].get().count == 0)
        let third = try answer.results[2].get()
        #expect(third.columns[0].integers == [-30, 10, 11])
        #expect(third.columns[1].integers == [-300, 100, 101])
        let fourth = try answer.results[3].get()
        #expect(fourth.columns[0].integers == [100] && fourth.columns[1].integers == [1])
        let fault = #expect(throws: Fault.self) { try answer.results[4].get() }
        #expect(fault?.code == .sqlState("42804"))
        #expect(fault?.message.contains("must be bigint, integer or smallint") == true)
        let many = try answer.results[5].get()
        #expect(many.columns[1].integers == (1...100_000).map { Int64($0) })
    }

    /// What the cache holds must be what `psql` prints.
    @Test(arguments: ["json", "jsonb", "text", "varchar", "char(90)", "name"])
    func binaryResultsAreTheBytesOfTheTextForm(type: String) async throws {
        let document = #"{"ü": [1.0, 1e3, "a\u00e9 \" \\ /"],  "a": null, "a": {"z":1,"y":2}}"#
        let url = try SharedPostgres.database(
            "create table d (id smallint, doc \(type)); insert into d values (1, $doc$\(document)$doc$)")
        let models = PostgresReadModels(
            .patient(url), statements: [.readModel("select id, doc from d where id = any($1)")])
        let answer = try await models.read([ReadQuery(statement: 0, parts: [.bigint([1])])])
        let printed = try models.connection.query("select doc from d")[0][0]
        #expect(try answer.results[0].get().columns[1].texts == [printed])
        #expect(printed?.contains("ü") == true)
    }

    @Test func documentsDoNotDependOnWhatTheServerOrTheRoleSays() async throws {
        let url = try SharedPostgres.database(
            """
            create table t (id int, at timestamptz, span interval, n float8, raw bytea);
            insert into t values (1, '2026-11-21 12:00:00+00', '1 day 02:03', 0.1::float8 + 0.2, '\\x00ff');
            create role moody login;
            grant select on t to moody;
            alter role moody set TimeZone = 'Asia/Tokyo';
            alter role moody set DateStyle = 'German';
            alter role moody set IntervalStyle = 'iso_8601';
            alter role moody set extra_float_digits = -10;
            alter role moody set bytea_output = 'escape';
            alter role moody set search_path = 'nowhere';
            """)
        let other = url.replacing("postgres@", with: "moody@")
        for isPooled in [false, true] {
            var settings = PostgresSettings.patient(other)
            settings.isPooled = isPooled
            let sql = "select id, at || ' ' || span || ' ' || n || ' ' || raw::text as doc from t where id = any($1)"
            let models = PostgresReadModels(settings, statements: [.readModel(sql)])
            let answer = try await models.read([ReadQuery(statement: 0, parts: [.bigint([1])])])
            #expect(
                try answer.results[0].get().columns[1].texts
                    == ["2026-11-21 12:00:00+00 1 day 02:03:00 0.30000000000000004 \\x00ff"])
        }
    }

    @Test(arguments: [(true, false), (false, false), (true, true), (false, true)])
    func anErrorStaysWithItsQuery(isPipelined: Bool, isPooled: Bool) async throws {
        let url = try SharedPostgres.database(
            Self.table
                + """
                create role stranger_\(isPipelined)_\(isPooled) login;
                create table secret (id bigint, doc text);
                grant select on m to stranger_\(isPipelined)_\(isPooled);
                """)
        let stranger = "stranger_\(isPipelined)_\(isPooled)@"
        var settings = PostgresSettings.patient(url.replacing("postgres@", with: stranger))
        settings.isPipelined = isPipelined
        settings.isPooled = isPooled
        let good = Statement.readModel("select id, doc from m where id = any($1)")
        let models = PostgresReadModels(
            settings,
            statements: [
                good, .readModel("select id, doc from missing where id = any($1)"),
                .readModel("select id, doc from secret where id = any($1)"),
                .readModel("select id, (1 / (id - id))::text as doc from m where id = any($1)"),
                .readModel("select id, doc as other from m where id = any($1)"),
                .readModel("select id, version * 1.5 as doc from m where id = any($1)"),
                Statement(
                    name: "edge", sql: "select id from m where id = any($1)", parameters: [.bigint],
                    columns: [.init(name: nil, type: .id(.bigint)), .init(name: nil, type: .id(.bigint))]),
                good,
            ])
        for _ in 0..<2 {
            let answer = try await models.read((0..<8).map { ReadQuery(statement: $0, parts: [.bigint([1])]) })
            let codes: [Fault.Code?] = answer.results.map {
                if case .failure(let fault) = $0 { return fault.code }
                return nil
            }
            let states = ["42P01", "42501", "22012", "42703", "42804", "42P10"]
            #expect(codes == [nil] + states.map { .sqlState($0) } + [nil])
            guard case .failure(let fault) = answer.results[4], case .failure(let type) = answer.results[5] else {
                return
            }
            #expect(fault.message == "kind match: there is no column doc in its result; it returns id, other")
            #expect(type.message.hasPrefix("kind match: column doc is the type with oid 1700 and must be json, jsonb"))
        }
    }

    @Test(arguments: [true, false])
    func aStatementThatCannotBePreparedSaysSoForEachOfItsQueries(isPipelined: Bool) async throws {
        var settings = PostgresSettings.patient(try SharedPostgres.database())
        settings.isPipelined = isPipelined
        let models = PostgresReadModels(settings, statements: [.readModel("select id, doc from later")])
        let query = ReadQuery(statement: 0, parts: [.bigint([1])])
        for result in try await models.read([query, query]).results {
            let fault = #expect(throws: Fault.self) { try result.get() }
            #expect(fault?.code == .sqlState("42P01"))
        }
        try PostgresConnection(settings, access: .readWrite).execute("create table later (id int, doc text)")
        // No parameter in its text, none sent: the same statement, prepared anew.
        let answer = try await models.read([ReadQuery(statement: 0, parts: []), ReadQuery(statement: 0, parts: [])])
        for result in answer.results { #expect(try result.get().count == 0) }
    }

    @Test func bigParametersAndBigResultsDoNotStopEachOther() async throws {
        let url = try SharedPostgres.database(
            """
            create table big as select i::bigint as id, repeat(chr(97 + i % 26), 500) as doc
            from generate_series(1, 200000) i
            """)
        let models = PostgresReadModels(
            .patient(url), statements: [.readModel("select id, doc from big where id = any($1)")])
        let query = ReadQuery(statement: 0, parts: [.bigint(Array(1...200_000))])
        let answer = try await models.read([query, query])
        for result in answer.results {
            let rows = try result.get()
            #expect(rows.count == 200_000)
            guard case .text(let documents, _) = rows.columns[1] else { continue }
            #expect(documents.byteCount == 100_000_000)
        }
    }

    @Test func aResultOverTheBoundIsRefusedAlone() async throws {
        var settings = PostgresSettings.patient(try SharedPostgres.database())
        settings.maxResultBytes = 1 << 20
        let models = PostgresReadModels(
            settings,
            statements: [.readModel("select i as id, repeat('x', 1000000) as doc from unnest($1) as i")])
        let answer = try await models.read([
            ReadQuery(statement: 0, parts: [.bigint([1, 2, 3])]), ReadQuery(statement: 0, parts: [.bigint([1])]),
        ])
        // As PostgreSQL names its own limits: the lane asks again in halves.
        let fault = #expect(throws: Fault.self) { try answer.results[0].get() }
        #expect(fault?.code == .sqlState("54000"))
        #expect(fault.map { Disposition.of($0) } == .reject)
        #expect(try answer.results[1].get().count == 1)
        let halves = try await models.read([[1], [2], [3]].map { ReadQuery(statement: 0, parts: [.bigint($0)]) })
        #expect(try halves.results.map { try $0.get().count } == [1, 1, 1])
    }

    @Test func alteredTablesArePreparedAgain() async throws {
        let url = try SharedPostgres.database("create table a (id int, doc text); insert into a values (1, '1')")
        let models = PostgresReadModels(
            .patient(url), statements: [.readModel("select * from a where id = any($1)")])
        let query = ReadQuery(statement: 0, parts: [.bigint([1])])
        #expect(try await models.read([query]).results[0].get().columns[1].texts == ["1"])
        try PostgresConnection(.patient(url), access: .readWrite).execute(
            "alter table a alter doc type jsonb using doc::jsonb, add more int")
        #expect(try await models.read([query]).results[0].get().columns[1].texts == ["1"])
    }

    @Test func readConnectionsCannotWrite() throws {
        let connection = PostgresConnection(.patient(try SharedPostgres.database()))
        let fault = #expect(throws: Fault.self) { try connection.execute("create table t (id int)") }
        #expect(fault?.code == .sqlState("25006"))
    }

    /// As long as the answer isn't there, whatever the other descriptor asks for is done.
    @Test(arguments: [(true, false), (false, false), (true, true)])
    func whileAnAnswerIsOnItsWayThereIsTimeForOthers(isPipelined: Bool, isPooled: Bool) async throws {
        let url = try SharedPostgres.database(Self.table)
        var settings = PostgresSettings.patient(url)
        settings.isPipelined = isPipelined
        settings.isPooled = isPooled
        // Answered when somebody else lets go of the lock.
        let models = PostgresReadModels(
            settings, statements: [.readModel("select id, doc from m where id = any($1) order by id")])
        let other = PostgresConnection(.patient(url), access: .readWrite)
        try other.execute("begin; lock table m in access exclusive mode")
        let bell = Bell()
        bell.ring()
        var acts = 0
        let meanwhile = Meanwhile(descriptor: bell.reader) {
            acts += 1
            if acts == 3 {
                bell.silence()
                #expect(throws: Never.self) { try other.execute("commit") }
            }
            return true
        }
        // Without a pipeline each command waits for its answer by itself.
        if !isPipelined { try other.execute("commit") }
        let answer = try await models.read(
            [ReadQuery(statement: 0, parts: [.bigint([1, 3])])], meanwhile: meanwhile)
        #expect(try answer.results[0].get().columns[0].integers == [1, 3])
        #expect(acts == (isPipelined ? 3 : 0))
    }
}
