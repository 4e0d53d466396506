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
            are loaded in the order of the graph, or in that of --kinds. With --related each page is followed by what \
            the graph's edges lead to from it. Memory holds --parallel pages, however many rows there are.

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
            CommandOption("related", .flag, "also what the graph's edges lead to from what is loaded"),
            CommandOption("parallel", .integer(1...16), fallback: "3", "so many at once, on connections of their own"),
            CommandOption("page", .integer(1...10_000), fallback: "1000", "entities under one ticket, and in memory"),
        ],
        examples: [
            .init("freshet warm --config freshet.yaml", "how much there is to load"),
            .init("freshet warm --execute --yes", "load every kind that has a warm-sql"),
            .init("freshet warm --kinds event --top 3 --related --execute", "the last rounds and all about them"),
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
        let report = try await warm(deployment, settings, invocation)
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
        let record = try await LaneThread.run("look") { try await deployment.cache().look([]).record }
        try DeploymentOwner.check(record?.owner, deployment)
        // At once, and not after the first page: without a record nothing can be written.
        if !settings.isDry, record == nil { throw Repairer.noRecord }
        let surroundings = MachineSurroundings()
        invocation.stop.onRequest { surroundings.hurry() }
        let parallel = Int(invocation.integer("parallel") ?? 1)
        var settings = settings
        settings.readRate = share(settings.readRate, parallel)
        settings.writeRate = share(settings.writeRate, parallel)
        let run = WarmRun(deployment, settings, parallel: parallel, surroundings, invocation.stop)
        let total = settings.isRelated ? nil : total(settings, deployment)
        let bar = Task { [console = invocation.console] in
            var progress = Progress("warm", total: total, unit: "entities", on: console.err)
            repeat { progress.advance(to: Int64(run.report.total.entities)) } while await pause()
            progress.advance(to: Int64(run.report.total.entities))
            progress.finish()
        }
        defer { bar.cancel() }
        let report = try await run.run()
        bar.cancel()
        await bar.value
        return report
    }

    /// False when it is cancelled.
    private static func pause() async -> Bool { (try? await Task.sleep(for: .milliseconds(100))) != nil }

    /// One warmer's part of a rate; 0 is none.
    private static func share(_ rate: Int, _ parallel: Int) -> Int { rate == 0 ? 0 : max(1, rate / parallel) }

    /// For the bar only: where counting fails or takes too long, there is none.
    private static func total(_ settings: WarmSettings, _ deployment: Deployment) -> Int64? {
        let graph = deployment.graph.graph
        let connection = PostgresConnection(deployment.settings.postgresSettings)
        defer { connection.close() }
        var total: Int64 = 0
        for kind in settings.kinds {
            guard let index = graph[kind].warm else { continue }
            let list = Deployment.warmSQL(graph.statements[index], top: settings.top)
            let sql = "select count(*)::text from (\(list)\n) as ids"
            guard let row = try? connection.query(sql).first, let text = row.first ?? nil,
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
        settings.isRelated = invocation.flag("related")
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
