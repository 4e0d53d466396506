import FreshetConfig
import FreshetCore
import PostgresLink

/// Holds a graph against the database: every statement is prepared, described and explained, nothing is run.
struct GraphCheck {
    /// Ids that each plan is made for. PostgreSQL's generic plans assume ten elements of an array as well.
    static let sampleIDs = 10
    /// Rows from which on a table is too big to be read from end to end for a few ids.
    static let defaultBigTable: Int64 = 10_000

    let loaded: LoadedGraph
    let connection: PostgresConnection
    let bigTable: Int64

    init(_ loaded: LoadedGraph, _ connection: PostgresConnection, bigTable: Int64 = defaultBigTable) {
        self.loaded = loaded
        self.connection = connection
        self.bigTable = bigTable
    }

    /// A fault of the connection is thrown; a fault of a statement is a finding.
    func run() throws(Fault) -> [GraphFinding] {
        var findings = loaded.questions.map { question in
            GraphFinding(
                severity: .question, place: Place(line: question.line ?? 0, path: question.setting), subject: "edge",
                wrong: question.wrong, right: question.right)
        }
        for (index, statement) in loaded.graph.statements.enumerated() {
            findings += try check(statement, loaded.statementPlaces[index])
        }
        return findings.sorted { $0.place.line < $1.place.line }
    }

    private func check(_ statement: Statement, _ place: Place) throws(Fault) -> [GraphFinding] {
        func finding(_ severity: GraphFinding.Severity, _ wrong: String, _ right: String = "") -> GraphFinding {
            GraphFinding(severity: severity, place: place, subject: statement.name, wrong: wrong, right: right)
        }
        do {
            let problems = try connection.describe(statement).problems(of: statement)
            if !problems.isEmpty { return problems.map { finding(.error, $0) } }
            // Rights are looked at by explaining, not by preparing.
            let plan = try connection.explain(statement, statement.parameters.map(Self.sample))
            // A list of all ids is meant to read all of its table.
            if statement.parameters.isEmpty { return [] }
            return try warnings(plan).map { finding(.warning, $0.wrong, $0.right) }
        } catch {
            guard case .sqlState(let state) = error.code, !Self.isOfTheServer(state) else { throw error }
            return [finding(.error, error.message, Self.advice(state))]
        }
    }

    private func warnings(_ plan: String) throws(Fault) -> [(wrong: String, right: String)] {
        var warnings: [(String, String)] = []
        for scan in PlanScan.all(in: plan) {
            let rows = try rows(of: scan.table)
            guard rows >= bigTable else { continue }
            let wrong = "reads all of \(scan.table) (about \(rows) rows)"
            guard !scan.columns.isEmpty else {
                warnings.append((wrong, "narrow it down by an indexed column"))
                continue
            }
            let columns = scan.columns.joined(separator: ", ")
            let indexed = try leadingColumns(of: scan.table)
            if let column = scan.columns.first(where: indexed.contains) {
                warnings.append(
                    (wrong, "there is an index on \(column); run `analyze \(scan.table)` if its statistics are old"))
            } else {
                warnings.append((wrong, "missing index: `create index on \(scan.table) (\(columns))`"))
            }
        }
        return warnings
    }

    /// The planner's estimate; from the table's size where it was never analyzed.
    private func rows(of table: String) throws(Fault) -> Int64 {
        let sql = """
            select case when reltuples < 0 then pg_relation_size(oid) / 100 else reltuples end::bigint
            from pg_class where oid = to_regclass(quote_ident($1))
            """
        return try connection.query(sql, [table]).first?.first.flatMap { $0 }.flatMap { Int64($0) } ?? 0
    }

    private func leadingColumns(of table: String) throws(Fault) -> Set<String> {
        let sql = """
            select a.attname from pg_index i
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
            where i.indrelid = to_regclass(quote_ident($1)) and i.indisvalid and i.indpred is null
            """
        return Set(try connection.query(sql, [table]).compactMap { $0.first.flatMap { $0 } })
    }

    private static func sample(_ type: IDType) -> IDColumn {
        switch type {
        case .bigint: return .bigint((1...Int64(sampleIDs)).map { $0 })
        case .uuid: return .uuid((1...UInt64(sampleIDs)).map { UUIDBits(high: $0 << 32, low: $0) })
        case .text:
            var ids = ByteArena()
            for id in 1...sampleIDs { ids.append("\(id)".utf8) }
            return .text(ids)
        }
    }

    /// Errors that say nothing about the statement: connection, resources, shutdown.
    private static func isOfTheServer(_ state: String) -> Bool {
        ["08", "28", "53", "57", "58", "XX"].contains(state.prefix(2))
    }

    private static func advice(_ state: String) -> String {
        switch state {
        case "42501": "grant select on it to this role"
        case "42P01", "42703", "42883", "3F000": "check the name, and `postgres.search-path`"
        default: ""
        }
    }
}
