import CommandKit
import FreshetConfig
import FreshetCore
import RedisLink
import Wiring

/// `freshet breaker`
enum BreakerCommand {
    static let command = Command(
        "breaker",
        summary: "shows, opens and closes the workers' circuit breakers by hand",
        discussion: """
            A worker's breaker opens by itself when a dependency fails again and again, keeps calls away for a while, \
            tries again, and closes when it works. An order given here is kept in the control record and holds for all \
            workers of this deployment, until another one is given; they look once a second.

            While a breaker is open the workers keep their partitions and take no work. Nothing is dead-lettered.
            """,
        examples: [
            .init("freshet breaker show", "the orders that hold"),
            .init("freshet breaker open postgres --execute", "stop all reads, for example for maintenance"),
            .init("freshet breaker auto postgres --execute", "let it decide for itself again"),
        ],
        subcommands: [
            Command(
                "show", summary: "the orders that hold; each worker's own state is in its --status-file and metrics",
                common: [.config, .output], examples: [.init("freshet breaker show --output json", "for scripts")],
                run: { try await show($0) }),
            order("open", .open, "no calls are made until another order comes"),
            order("close", .closed, "calls are made whatever fails"),
            order("auto", .auto, "failures open it, success closes it: takes an order back"),
        ])

    private static func order(_ name: String, _ order: Breaker.Order, _ summary: String) -> Command {
        Command(
            name, summary: summary, common: [.config, .output, .execute],
            arguments: [.init("DEPENDENCY", "redis, postgres or kafka")],
            examples: [
                .init("freshet breaker \(name) postgres", "what it would do"),
                .init("freshet breaker \(name) postgres --execute", "\(summary)"),
            ],
            run: { try await give(order, $0) })
    }

    private static func show(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let orders = try await LaneThread.run("breaker") { try await record(deployment).record.orders }
        print(orders, invocation)
        return .fine
    }

    private static func give(_ order: Breaker.Order, _ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let name = invocation.arguments.first ?? ""
        guard let dependency = Dependency(rawValue: name) else {
            let advice = NearestName.advice(name, among: Dependency.allCases.map(\.rawValue))
            throw CommandFailure(.usage, "There is no dependency `\(name)`; \(advice)")
        }
        let isExecuted = invocation.execute
        let orders = try await LaneThread.run("breaker") {
            let (cache, process, record) = try await record(deployment)
            guard isExecuted else { return record.orders }
            var revision = Revision(process: process, incarnation: record.incarnation)
            revision.orders = [dependency: order]
            guard try await cache.revise(revision) == .done else {
                throw Fault(.redis, .connectionLost, "Redis changed while the order was given: give it again")
            }
            return try await Self.record(deployment).record.orders
        }
        print(orders, invocation)
        if !isExecuted && invocation.output == .table {
            invocation.console.print(
                "Would set \(dependency.rawValue) to \(order.rawValue). Nothing was changed; add --execute.")
        }
        return .fine
    }

    private static func record(
        _ deployment: Deployment
    ) async throws -> (cache: RedisCacheStore, process: String, record: ControlView.Record) {
        let cache = deployment.cache()
        let view = try await cache.look([])
        guard let record = view.record else {
            throw Fault(
                .redis, .protocolViolation,
                "there is no control record under the prefix `\(deployment.graph.graph.namespace.prefix)`: no worker "
                    + "has used this Redis since it lost its memory, so there is nobody to tell")
        }
        return (cache, view.process, record)
    }

    private static func print(_ orders: [Dependency: Breaker.Order], _ invocation: Invocation) {
        let words = Dependency.allCases.map { ($0.rawValue, (orders[$0] ?? .auto).rawValue) }
        switch invocation.output {
        case .json:
            invocation.console.print(JSON.object(words.map { ($0.0, .string($0.1)) }).render(indented: true))
        case .table:
            invocation.console.print(
                Table([.init("dependency"), .init("order")], rows: words.map { [$0.0, $0.1] }).render())
        }
    }
}
