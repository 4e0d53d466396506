import CommandKit
import FreshetConfig
import FreshetCore
import FreshetWorker
import Wiring

/// `freshet verify`
enum VerifyCommand {
    static let command = Command(
        "verify",
        summary: "compares the cache with the read models",
        discussion: """
            Walks the cached keys and compares each with its read model, byte for byte. What differs is looked at \
            again: a moment later, after the workers have applied what was announced by then, and only if nothing has \
            touched the key's bucket in between is it called stale. A key that is not cached is never stale.

            Ends with 1 if it finds stale keys or keys of entities that don't exist. --repair invalidates what is \
            wrong, behind the same fences as a worker; without --execute it only says how much that would be.
            """,
        common: [.config, .output, .execute, .yes],
        options: [
            CommandOption("kind", short: "k", .text("KIND"), repeats: true, "only keys of this kind"),
            CommandOption("key", .text("KEY"), repeats: true, "this key, as it is spelled in Redis"),
            CommandOption("sample", .text("1%|N"), "a share of the keys, or so many of them"),
            CommandOption("rate", .integer(1...10_000_000), fallback: "10000", "keys per second at most"),
            CommandOption("moment", .duration, fallback: "1s", "time between two looks at a key that differs"),
            CommandOption("looks", .integer(1...100), fallback: "4", "looks at a key that differs, after the first"),
            CommandOption(
                "patience", .duration, fallback: "30s", "time for the workers to apply what was announced"),
            CommandOption("without-kafka", .flag, "don't ask how far the workers are: go by time alone"),
            CommandOption(
                "limit", .integer(0...100_000), fallback: "\(VerifyView.defaultLimit)", "findings that are listed"),
            CommandOption("repair", .flag, "invalidate what is wrong (with --execute)"),
        ],
        arguments: [
            .init("KIND:ID", "compare the keys of these entities only", isOptional: true, repeats: true)
        ],
        examples: [
            .init("freshet verify --config freshet.yaml", "everything that is cached"),
            .init("freshet verify --sample 1% --rate 2000", "every hundredth key, gently"),
            .init("freshet verify match:4711 standings:1", "two entities"),
            .init("freshet verify --kind team --repair --execute", "teams, and mend what is stale"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let graph = deployment.graph.graph
        let settings = try settings(invocation, graph)
        let named = try named(invocation, graph)
        if settings.repairs, !invocation.yes, named == nil, settings.kinds == nil {
            throw CommandFailure(
                .usage, "Nothing narrows down what is mended: name entities, keys or kinds, or add --yes.")
        }
        let report = try await LaneThread.run("verify") {
            try await verify(deployment, settings, named, invocation)
        }
        var view = VerifyView(report: report, graph: graph)
        view.limit = invocation.integer("limit").map(Int.init) ?? VerifyView.defaultLimit
        view.repairs = invocation.flag("repair")
        view.executes = invocation.execute
        switch invocation.output {
        case .table: invocation.console.print(view.text)
        case .json: invocation.console.print(view.json.render(indented: true))
        }
        return report.wrong > 0 ? .found : .fine
    }

    private static func verify(
        _ deployment: Deployment, _ settings: VerifySettings, _ named: [[UInt8]]?, _ invocation: Invocation
    ) async throws -> VerifyReport {
        let graph = deployment.graph.graph
        let cache = deployment.cache()
        let models = deployment.models()
        defer { models.disconnect() }
        let announcements = try invocation.flag("without-kafka") ? nil : announcements(deployment)
        let surroundings = MachineSurroundings()
        invocation.stop.onRequest { surroundings.hurry() }
        // The database may hold other keys too; they are walked all the same.
        let size = try cache.command("DBSIZE").int ?? 0
        var progress = Progress(
            "verify", total: named.map { Int64($0.count) } ?? size, unit: "keys", on: invocation.console.err)
        let total = Double(named?.count ?? Int(size))
        let verifier = Verifier(
            graph: graph, cache: cache, models: models, announcements: announcements, surroundings: surroundings,
            settings: settings, isStopping: { invocation.stop.isRequested },
            progress: { share, _ in progress.advance(to: Int64(share * total)) })
        defer { progress.finish() }
        if let named { return try await verifier.compare(keys: named) }
        return try await verifier.walk()
    }

    private static func announcements(_ deployment: Deployment) throws(CommandFailure) -> KafkaAnnouncements {
        do throws(Fault) {
            let found = try KafkaAnnouncements(
                deployment.settings.kafkaSettings, topics: deployment.graph.graph.topics.map(\.name))
            return found
        } catch {
            throw CommandFailure(.of(error), "\(error)\n  --without-kafka goes by time alone.")
        }
    }

    private static func settings(_ invocation: Invocation, _ graph: Graph) throws(CommandFailure) -> VerifySettings {
        var settings = VerifySettings()
        settings.kinds = try EntityKeys.kinds(invocation.texts("kind"), graph)
        if let text = invocation.text("sample") { settings.sample = try sample(text) }
        settings.rate = invocation.integer("rate").map(Int.init) ?? settings.rate
        settings.moment = invocation.duration("moment").map(Int.init) ?? settings.moment
        settings.looks = invocation.integer("looks").map(Int.init) ?? settings.looks
        settings.patience = invocation.duration("patience").map(Int.init) ?? settings.patience
        settings.repairs = invocation.flag("repair") && invocation.execute
        settings.findingLimit = max(settings.findingLimit, invocation.integer("limit").map(Int.init) ?? 0)
        return settings
    }

    private static func sample(_ text: String) throws(CommandFailure) -> VerifySettings.Sample {
        if let share = Units.percent(text), share > 0 { return share >= 1_000 ? .all : .share(share) }
        if let count = Int(text), (1...1_000_000).contains(count) { return .keys(count) }
        throw CommandFailure(
            .usage, "`\(text)` is no sample: write a share of 0.1% or more, or a number of keys up to 1000000.")
    }

    /// nil where nothing is named.
    private static func named(_ invocation: Invocation, _ graph: Graph) throws(CommandFailure) -> [[UInt8]]? {
        var keys = invocation.texts("key").map { Array($0.utf8) }
        for entity in invocation.arguments { keys += try EntityKeys.keys(of: entity, graph) }
        return keys.isEmpty && invocation.arguments.isEmpty ? nil : keys
    }
}
