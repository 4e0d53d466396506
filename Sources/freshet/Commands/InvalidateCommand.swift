import CommandKit
import FreshetConfig
import FreshetCore
import FreshetWorker
import Wiring

/// `freshet invalidate`
enum InvalidateCommand {
    static let command = Command(
        "invalidate",
        summary: "removes keys from the cache so that they are read again",
        discussion: """
            Takes entities (`team:12`, with everything that depends on them), keys, patterns and whole kinds (with the \
            kinds that depend on them). It says what it would remove, and removes it with --execute.

            It takes a ticket and uses the scripts of the workers, so a refresh that is under way can't bring an older \
            value back. Patterns and kinds raise the floor first (batches under way read once more) and then scan all \
            of Redis: right, but dear.
            """,
        common: [.config, .output, .execute, .yes],
        options: [
            .init("key", short: "k", .text("KEY"), repeats: true, "one key by its name"),
            .init("pattern", short: "p", .text("GLOB"), repeats: true, "the keys that match, e.g. v1:team:*"),
            .init("kind", .text("NAME"), repeats: true, "all keys of a kind"),
            .init(
                "rate", .integer(1...10_000_000), fallback: "20000",
                "with patterns and kinds: so many keys a second at most"),
        ],
        arguments: [.init("ENTITY", "an entity with its cascade, e.g. team:12", isOptional: true, repeats: true)],
        examples: [
            .init("freshet invalidate team:12", "what depends on team 12, removing nothing"),
            .init("freshet invalidate team:12 --execute", "… and now remove it"),
            .init("freshet invalidate --key v1:standings:1 --execute", "one key"),
            .init("freshet invalidate --kind match --rate 5000 --execute", "every match and what depends on them"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let request = try request(invocation, deployment.graph.graph)
        let rate = Int(invocation.integer("rate") ?? 20_000)
        let isExecuted = invocation.execute
        let (scope, done) = try await LaneThread.run("invalidate") {
            let pace = Pace(perSecond: rate)
            let cache = deployment.cache()
            try await DeploymentOwner.check(cache, deployment)
            let invalidation = Invalidation(
                graph: deployment.graph.graph, cache: cache, models: deployment.models(),
                keysPerCall: deployment.settings.worker.chunkKeys, pace: { await pace.took($0) })
            let scope = try await invalidation.scope(of: request)
            let done: Invalidation.Done
            if isExecuted {
                done = try await invalidation.perform(request)
            } else {
                done = Invalidation.Done(
                    named: scope.keys.count, found: try await invalidation.count(scope.patterns))
            }
            return (scope, done)
        }
        show(scope, done, invocation)
        return .fine
    }

    private static func request(_ invocation: Invocation, _ graph: Graph) throws -> Invalidation.Request {
        var request = Invalidation.Request()
        let prefix = graph.namespace.prefix + graph.namespace.separator
        for text in invocation.arguments {
            do throws(Rejection) {
                request.entities.append(try EntityName.parse(text, graph, pool: &request.pool))
            } catch {
                throw CommandFailure(.usage, "\(text): \(error.message)")
            }
        }
        for name in invocation.texts("kind") {
            guard let kind = graph.kind(named: name) else {
                let advice = NearestName.advice(name, among: graph.kinds.map(\.name))
                throw CommandFailure(.usage, "There is no kind `\(name)` in the graph; \(advice)")
            }
            request.kinds.append(kind)
        }
        request.keys = invocation.texts("key")
        request.patterns = invocation.texts("pattern")
        for text in request.keys + request.patterns where !text.hasPrefix(prefix) {
            throw CommandFailure(
                .usage, "`\(text)` is not under the prefix of this deployment: its keys begin with `\(prefix)`.")
        }
        guard !request.entities.isEmpty || !request.keys.isEmpty || !request.patterns.isEmpty || !request.kinds.isEmpty
        else {
            throw CommandFailure(.usage, "Say what to invalidate: an entity like team:12, --key, --pattern or --kind.")
        }
        let isAll = request.patterns.contains(prefix + "*") || request.kinds.count == graph.kinds.count
        if isAll && invocation.execute && !invocation.yes {
            throw CommandFailure(.usage, "That is the whole cache: give --yes as well if you mean it.")
        }
        return request
    }

    /// Keys listed for people; programs get all of them.
    private static let shown = 200

    private static func show(_ scope: Invalidation.Scope, _ done: Invalidation.Done, _ invocation: Invocation) {
        let paths = paths(scope)
        switch invocation.output {
        case .json:
            invocation.console.print(
                JSON.object([
                    ("executed", .bool(invocation.execute)),
                    (
                        "keys",
                        .array(
                            scope.keys.map { key in
                                .object([
                                    ("key", .string(key)), ("path", .array((paths[key] ?? []).map { .string($0) })),
                                ])
                            })
                    ),
                    ("patterns", .array(scope.patterns.map { .string($0) })),
                    ("named", .int(done.named)), ("found", .int(done.found)),
                ]).render(indented: true))
        case .table:
            if !scope.keys.isEmpty {
                let rows = scope.keys.prefix(shown).map { [$0, (paths[$0] ?? []).joined(separator: " → ")] }
                invocation.console.print(Table([.init("key"), .init("path")], rows: rows).render())
                if scope.keys.count > shown { invocation.console.print("… and \(scope.keys.count - shown) more") }
            }
            for pattern in scope.patterns { invocation.console.print("pattern \(pattern)") }
            let what =
                "\(done.named) keys by name" + (scope.patterns.isEmpty ? "" : ", \(done.found) keys found by pattern")
            invocation.console.print(
                invocation.execute
                    ? "Invalidated: \(what)." : "Would invalidate: \(what). Nothing was changed; add --execute.")
        }
    }

    private static func paths(_ scope: Invalidation.Scope) -> [String: [String]] {
        var paths: [String: [String]] = [:]
        for cascade in scope.cascades {
            for (index, entity) in cascade.entities.enumerated() {
                for key in entity.keys where paths[key.text] == nil { paths[key.text] = cascade.path(to: index) }
            }
        }
        return paths
    }
}
