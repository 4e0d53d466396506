import CommandKit
import FreshetConfig
import FreshetCore
import FreshetWorker
import PostgresLink
import Wiring

/// `freshet warm`
enum WarmCommand {
    static let command = Command(
        "warm",
        summary: "loads the cache from the read models",
        discussion: """
            Streams the ids that each kind's warm-sql lists, reads their documents page by page and writes them behind \
            the same fences as a worker, so it may run beside live workers: it never overwrites anything newer. Kinds \
            are loaded in the order of the graph, or in that of --kinds. Memory holds one page, however many rows \
            there are.

            Without --execute it counts what it would load and changes nothing.
            """,
        common: [.config, .output, .execute, .yes],
        options: [
            CommandOption("kinds", short: "k", .text("KIND,..."), repeats: true, "only these kinds, in this order"),
            CommandOption("top", .integer(1...Int64.max), "only so many of each kind: the first of its warm-sql"),
            CommandOption(
                "postgres-rate", .integer(0...10_000_000), fallback: "0", "documents per second at most; 0: no limit"),
            CommandOption(
                "redis-rate", .integer(0...10_000_000), fallback: "0", "keys per second at most; 0: no limit"),
            CommandOption("page", .integer(1...10_000), fallback: "1000", "entities under one ticket, and in memory"),
        ],
        examples: [
            .init("freshet warm --config freshet.yaml", "how much there is to load"),
            .init("freshet warm --execute --yes", "load every kind that has a warm-sql"),
            .init(
                "freshet warm --kinds standings,match --top 1000 --redis-rate 5000 --execute", "the most wanted, gently"
            ),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let graph = deployment.graph.graph
        let settings = try settings(invocation, deployment)
        if invocation.execute, !invocation.yes, invocation.texts("kinds").isEmpty, settings.top == nil {
            throw CommandFailure(.usage, "Nothing narrows down what is loaded: name --kinds or --top, or add --yes.")
        }
        let report = try await LaneThread.run("warm") { try await warm(deployment, settings, invocation) }
        let view = WarmView(report: report, graph: graph, isDry: settings.isDry)
        switch invocation.output {
        case .table: invocation.console.print(view.text)
        case .json: invocation.console.print(view.json.render(indented: true))
        }
        return .fine
    }

    private static func warm(
        _ deployment: Deployment, _ settings: WarmSettings, _ invocation: Invocation
    ) async throws -> WarmReport {
        let graph = deployment.graph.graph
        let cache = deployment.cache()
        let models = deployment.models()
        defer { models.disconnect() }
        let surroundings = MachineSurroundings()
        invocation.stop.onRequest { surroundings.hurry() }
        // At once, and not after the first page: without a record nothing can be written.
        let record = try await cache.look([]).record
        try DeploymentOwner.check(record?.owner, deployment)
        if !settings.isDry, record == nil { throw Repairer.noRecord }
        let total = total(settings, graph, models)
        var progress = Progress("warm", total: total, unit: "entities", on: invocation.console.err)
        defer { progress.finish() }
        let pace = deployment.pace(.warm, surroundings)
        let paced: any ReadModels = pace.map { PacedModels(models, $0) } ?? models
        let warmer = Warmer(
            graph: graph, cache: cache, models: paced, surroundings: surroundings, settings: settings,
            isStopping: { invocation.stop.isRequested },
            progress: { progress.advance(to: Int64($0.total.entities)) })
        return try await warmer.run { kind throws(Fault) in
            guard let index = graph[kind].warm else {
                throw Fault(.postgres, .protocolViolation, "kind \(graph[kind].name) has no warm-sql")
            }
            let statement = graph.statements[index]
            let ids = PostgresCursor(
                deployment.settings.postgresSettings, sql: sql(statement, settings), columns: statement.columns,
                pageRows: settings.pageEntities, name: statement.name)
            return pace.map { PacedRows(ids, $0) } ?? ids
        }
    }

    /// A limit outside keeps the order of the list inside, and lets PostgreSQL stop early.
    private static func sql(_ statement: Statement, _ settings: WarmSettings) -> String {
        settings.top.map { "select * from (\(statement.sql)\n) as ids limit \($0)" } ?? statement.sql
    }

    /// For the bar only: where counting fails or takes too long, there is none.
    private static func total(_ settings: WarmSettings, _ graph: Graph, _ models: PostgresReadModels) -> Int64? {
        var total: Int64 = 0
        for kind in settings.kinds {
            guard let index = graph[kind].warm else { continue }
            let sql = "select count(*)::text from (\(sql(graph.statements[index], settings))\n) as ids"
            guard let row = try? models.connection.query(sql).first, let text = row.first ?? nil,
                let count = Int64(text)
            else { return nil }
            total += count
        }
        return total
    }

    private static func settings(
        _ invocation: Invocation, _ deployment: Deployment
    ) throws(CommandFailure) -> WarmSettings {
        let graph = deployment.graph.graph
        var settings = WarmSettings(kinds: try kinds(invocation.texts("kinds"), graph))
        settings.top = invocation.integer("top").map { Int(clamping: $0) }
        settings.readRate = invocation.integer("postgres-rate").map(Int.init) ?? 0
        settings.writeRate = invocation.integer("redis-rate").map(Int.init) ?? 0
        settings.pageEntities = invocation.integer("page").map(Int.init) ?? settings.pageEntities
        settings.emission = deployment.settings.workerSettings.emission
        settings.isDry = !invocation.execute
        return settings
    }

    private static func kinds(_ names: [String], _ graph: Graph) throws(CommandFailure) -> [KindIndex] {
        let named = names.flatMap { $0.split(separator: ",").map(String.init) }
        guard let chosen = try EntityKeys.kinds(named, graph) else {
            let all = graph.kinds.indices.map(KindIndex.init).filter { graph[$0].warm != nil }
            if all.isEmpty {
                throw CommandFailure(.usage, "No kind has a `warm-sql` in the graph, so nothing says what to load.")
            }
            return all
        }
        for kind in chosen.sorted() where graph[kind].warm == nil {
            throw CommandFailure(
                .usage,
                "kind \(graph[kind].name) has no `warm-sql` in the graph: add one that lists its ids, the "
                    + "most wanted first"
            )
        }
        var order: [KindIndex] = []
        for name in named {
            if let kind = graph.kind(named: name), !order.contains(kind) { order.append(kind) }
        }
        return order
    }
}
