import CommandKit
import FreshetConfig
import FreshetCore
import FreshetWorker

/// What every `freshet dlq` command understands, and what it means.
enum DlqOptions {
    static let filters: [CommandOption] = [
        .init(
            "id", .text("ID"), repeats: true,
            "a letter as `list` shows it (shop.changes/3/1042), or an entity (team:12)"),
        .init("reason", .text("CLASS"), repeats: true, "class of the error, e.g. invalid-id"),
        .init("kind", short: "k", .text("KIND"), repeats: true, "about an entity of this kind"),
        .init("key", .text("KEY"), repeats: true, "with this record key"),
        .init("since", .text("TIME|AGE"), "failed last at or after this: a time, or an age like 2h"),
        .init("until", .text("TIME|AGE"), "failed last before this"),
        .init("partition", .integer(0...Int64(Int32.max)), repeats: true, "from this partition of its own topic"),
        .init("offset", .text("N|N-M"), repeats: true, "from this offset of its own topic, or from one of a range"),
    ]

    static let topic = CommandOption(
        "topic", short: "t", .text("NAME"), repeats: true,
        "a dead-letter topic, also of Spring, Connect or Karafka (default: those of the graph's topics)")

    static func limit(_ fallback: Int?, _ help: String) -> CommandOption {
        .init("limit", short: "n", .integer(1...Int64(LetterIndex.limit)), fallback: fallback.map { "\($0)" }, help)
    }

    static let state = CommandOption(
        "state", .choice(LetterState.allCases.map(\.rawValue) + ["all"]), fallback: "open", "in this state")

    static func states(_ invocation: Invocation) -> Set<LetterState> {
        invocation.text("state").flatMap(LetterState.init).map { [$0] } ?? Set(LetterState.allCases)
    }

    static func filter(_ invocation: Invocation, _ graph: Graph, now: Int64) throws(CommandFailure) -> LetterFilter {
        var filter = LetterFilter()
        for text in invocation.texts("id") + invocation.arguments {
            if let origin = LetterOrigin(text) {
                filter.origins.insert(origin)
            } else {
                filter.entities.insert(try entity(text, graph))
            }
        }
        for name in invocation.texts("kind") {
            guard graph.kind(named: name) != nil else {
                let advice = NearestName.advice(name, among: graph.kinds.map(\.name))
                throw CommandFailure(.usage, "There is no kind `\(name)` in the graph; \(advice)")
            }
            filter.kinds.insert(name)
        }
        filter.reasons = Set(invocation.texts("reason"))
        filter.keys = Set(invocation.texts("key").map { Array($0.utf8) })
        filter.since = try moment("since", invocation, now)
        filter.until = try moment("until", invocation, now)
        filter.partitions = Set(invocation.texts("partition").compactMap { Int32($0) })
        for text in invocation.texts("offset") { filter.offsets.append(try range(text)) }
        return filter
    }

    private static func entity(_ text: String, _ graph: Graph) throws(CommandFailure) -> String {
        var pool = TextPool()
        do throws(Rejection) {
            let entity = try EntityName.parse(text, graph, pool: &pool)
            return EntityName.write(entity, graph, pool: pool)
        } catch {
            throw CommandFailure(
                .usage,
                "`\(text)` is neither a letter, written TOPIC/PARTITION/OFFSET as `freshet dlq list` shows it, "
                    + "nor an entity: \(error.message)")
        }
    }

    private static func moment(
        _ name: String, _ invocation: Invocation, _ now: Int64
    ) throws(CommandFailure) -> Int64? {
        guard let text = invocation.text(name) else { return nil }
        if let age = Units.duration(text) { return now - age }
        if let time = DateTime.milliseconds(text) { return time }
        throw CommandFailure(.usage, "`--\(name) \(text)`: \(DateTime.form), or an age like 2h or 7d")
    }

    private static func range(_ text: String) throws(CommandFailure) -> ClosedRange<Int64> {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        if let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last {
            return first...last
        }
        throw CommandFailure(.usage, "`--offset \(text)`: write an offset, or two as in 100-199")
    }

    /// What is about to change must be meant.
    static func check(_ invocation: Invocation, _ filter: LetterFilter) throws(CommandFailure) {
        guard invocation.execute, !invocation.yes, filter.isEmpty, invocation.text("limit") == nil else { return }
        throw CommandFailure(
            .usage, "Nothing narrows down which letters are meant: give --id, --reason or another filter, or add --yes."
        )
    }
}
