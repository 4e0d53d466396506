import CommandKit
import FreshetCore
import Wiring

/// `freshet maintain`
enum MaintainCommand {
    static let command = Command(
        "maintain",
        summary: "removes keys that nobody keeps true any more",
        discussion: """
            Walks the keys under the deployment's prefix and finds those that no kind of the graph could have written, \
            those without a time to live (no worker writes them), memories of edges that the graph doesn't have any \
            more, and what memories hold of children that lead to no parent any more, because they were deleted; what \
            such a child last led to is invalidated, in case nobody said so.

            With --former PREFIX it finds everything under a prefix that was used before, for example v1 after a move \
            to v2; it refuses where workers still use it, where it overlaps with the present prefix, and where it \
            belongs to a deployment that isn't named. Nothing is removed as long as another deployment's control \
            record stands under one of the prefixes.

            Without --execute it only says what it found. Run it from a schedule: it bounds its own rate.
            """,
        common: [.config, .output, .execute, .yes],
        options: [
            CommandOption("former", .text("PREFIX"), repeats: true, "a prefix that isn't used any more"),
            CommandOption(
                "of", .text("DEPLOYMENT"), repeats: true, "whose the former prefix was, where that is another name"),
            CommandOption("rate", .integer(1...10_000_000), fallback: "5000", "keys a second at most"),
        ],
        examples: [
            .init("freshet maintain --config freshet.yaml", "what there is to clean up"),
            .init("freshet maintain --execute --rate 1000", "clean up, gently"),
            .init("freshet maintain --former v1 --execute --yes", "everything under v1, too"),
            .init("freshet maintain --former v1 --of shop --execute --yes", "v1 was deployment `shop`'s"),
        ],
        run: run)

    private static let shown = 10

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let former = invocation.texts("former")
        let owners = Set([deployment.settings.deployment] + invocation.texts("of"))
        if !former.isEmpty, invocation.execute, !invocation.yes {
            throw CommandFailure(.usage, "That removes all keys under \(former.joined(separator: ", ")): add --yes.")
        }
        let rate = Int(invocation.integer("rate") ?? 5_000)
        let isExecuted = invocation.execute
        let stop = invocation.stop
        let found = try await LaneThread.run("maintain") {
            let pace = Pace(perSecond: rate)
            let cache = deployment.cache()
            try await DeploymentOwner.check(cache, deployment)
            let upkeep = Upkeep(
                graph: deployment.graph.graph, cache: cache, pace: { await pace.took($0) },
                isStopping: { stop.isRequested })
            var found = try await upkeep.look(former: former, owners: owners)
            let models = deployment.models()
            defer { models.disconnect() }
            if isExecuted { try await upkeep.remove(found, models: models) }
            if !found.isCut {
                let memory = MemoryUpkeep(
                    graph: deployment.graph.graph, cache: cache, models: models,
                    keysPerCall: deployment.settings.worker.chunkKeys, pace: { await pace.took($0) },
                    isStopping: { stop.isRequested })
                found.children = try await memory.run(isExecuted: isExecuted)
            }
            return found
        }
        show(found, invocation)
        return .fine
    }

    private static func show(_ found: Upkeep.Found, _ invocation: Invocation) {
        let rows: [(String, [[UInt8]])] = [
            ("no kind's", found.unowned), ("never expire", found.lasting), ("memories of no edge", found.memories),
            ("former prefixes", found.former),
        ]
        func some(_ keys: [[UInt8]]) -> [String] { keys.prefix(shown).map { String(decoding: $0, as: UTF8.self) } }
        switch invocation.output {
        case .json:
            let names = ["unowned", "lasting", "memories", "former"]
            let members = zip(names, rows).map { name, row in
                (
                    name,
                    JSON.object([("keys", .int(row.1.count)), ("some", .array(some(row.1).map { .string($0) }))])
                )
            }
            invocation.console.print(
                JSON.object(
                    members + [
                        ("memory-entries", .object([("keys", .int(found.children))])),
                        ("executed", .bool(invocation.execute)), ("stopped-early", .bool(found.isCut)),
                    ]
                ).render(indented: true))
        case .table:
            invocation.console.print(
                Table(
                    [.init("keys"), .init("count", .right), .init("for example")],
                    rows: rows.map { [$0.0, "\($0.1.count)", some($0.1).prefix(3).joined(separator: " ")] }
                        + [["entries of memories", "\(found.children)", ""]]
                ).render())
            invocation.console.print(
                invocation.execute
                    ? "Removed \(found.count) keys."
                    : "Would remove \(found.count) keys. Nothing was changed; add --execute.")
            if found.isCut { invocation.console.print("It was not through: run it again.") }
        }
    }
}
