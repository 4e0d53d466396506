import FreshetCore
import PostgresLink

/// Whether the planner knows the tables that the graph's statements read.
struct PostgresStatistics {
    /// Changed rows since the last ANALYZE: hundredths of the table, and so many at least.
    private static let oldShare: Int64 = 30
    private static let fewRows: Int64 = 1_000

    private let graph: Graph
    private let connection: PostgresConnection

    init(_ graph: Graph, _ connection: PostgresConnection) {
        self.graph = graph
        self.connection = connection
    }

    func checks() throws(Fault) -> [Check] {
        var checks: [Check] = []
        var tables: Set<String> = []
        for statement in graph.statements {
            // What can't be explained was told by the check of the statement.
            if let plan = try? connection.explain(statement) { tables.formUnion(PlanScan.relations(in: plan)) }
        }
        for table in tables.sorted() {
            if let check = try check(table) { checks.append(check) }
        }
        if checks.isEmpty, !tables.isEmpty {
            checks.append(.ok("postgres.statistics", "of \(tables.count) tables: fresh"))
        }
        return checks
    }

    private func check(_ table: String) throws(Fault) -> Check? {
        let sql = """
            select (c.reltuples < 0)::text, coalesce(s.n_live_tup, 0)::text, coalesce(s.n_mod_since_analyze, 0)::text,
                pg_relation_size(c.oid)::text
            from pg_class c left join pg_stat_all_tables s on s.relid = c.oid
            where c.oid = to_regclass(quote_ident($1)) and c.relkind in ('r', 'm', 'p')
            """
        guard let row = try connection.query(sql, [table]).first, row.count == 4 else { return nil }
        let numbers = row.map { $0.flatMap { Int64($0) } ?? 0 }
        let advice = "analyze \(table)"
        if row[0] == "true", numbers[3] > 0, max(numbers[1], numbers[2]) >= Self.fewRows {
            return .warning("postgres.statistics \(table)", "never analyzed: the planner guesses", advice)
        }
        guard numbers[2] >= Self.fewRows, numbers[2] * 100 > max(numbers[1], 1) * Self.oldShare else { return nil }
        return .warning(
            "postgres.statistics \(table)",
            "\(numbers[2]) of about \(numbers[1]) rows changed since the last ANALYZE", advice)
    }
}
