import CommandKit
import FreshetConfig
import PostgresLink

/// `freshet graph check`
enum GraphCheckCommand {
    static let command = Command(
        "check",
        summary: "holds the graph against the database",
        discussion: """
            Reads the graph file and tells everything that is wrong with it, then has PostgreSQL prepare and explain \
            each of its statements: columns and their types, rights, and sequential scans of big tables with the \
            index that is missing. Nothing is run and nothing is written. Ends with 1 if there is anything to tell.
            """,
        options: [
            GraphSources.graphOption, GraphSources.postgresOption,
            CommandOption(
                "big-table", .integer(1...Int64.max), fallback: "\(GraphCheck.defaultBigTable)",
                "rows from which on a sequential scan is worth a warning"),
        ],
        examples: [
            .init("freshet graph check --config freshet.yaml", "with the graph and the database of the configuration"),
            .init(
                "freshet graph check --graph schemas/league.yaml --postgres postgresql://localhost/league",
                "without a configuration"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let sources = GraphSources(invocation: invocation)
        let loaded = try sources.graph()
        let connection = PostgresConnection(try sources.postgres())
        defer { connection.close() }
        let bigTable = invocation.integer("big-table") ?? GraphCheck.defaultBigTable
        let findings = try GraphCheck(loaded, connection, bigTable: bigTable).run()
        switch invocation.output {
        case .json:
            let json: JSON = [
                "file": .string(loaded.file), "kinds": .int(loaded.graph.kinds.count),
                "edges": .int(loaded.graph.edges.count), "statements": .int(loaded.graph.statements.count),
                "findings": .array(findings.map(\.json)),
            ]
            invocation.console.print(json.render(indented: true))
        case .table:
            for finding in findings { invocation.console.print(finding.line(file: loaded.file)) }
            let verdict = findings.isEmpty ? "nothing to complain about" : "\(findings.count) to look at"
            invocation.console.print(
                "\(loaded.file): \(loaded.graph.kinds.count) kinds, \(loaded.graph.edges.count) edges, "
                    + "\(loaded.graph.statements.count) statements: \(verdict)")
        }
        return findings.isEmpty ? .fine : .found
    }
}
