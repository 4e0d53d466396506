import CommandKit
import FreshetConfig
import FreshetCore
import FreshetWorker
import KafkaLink
import Wiring

/// What of the topics is replayed.
struct ReplaySelection {
    private let invocation: Invocation
    private let graph: Graph
    private(set) var decoding = SelectingDecoder.Selection()
    private let share: (number: Int, of: Int)
    /// Milliseconds before now.
    private let duration: Int64?

    init(_ invocation: Invocation, _ graph: Graph) throws {
        self.invocation = invocation
        self.graph = graph
        share = try Self.share(invocation.text("share") ?? "1/1")
        let given = ["from-offset", "from-datetime", "by-duration"].filter { invocation.text($0) != nil }
        if given.count > 1 {
            throw CommandFailure(
                .usage, "Only one of \(given.map { "--\($0)" }.joined(separator: ", ")) can be meant.")
        }
        if invocation.text("to-offset") != nil, invocation.text("to-datetime") != nil {
            throw CommandFailure(.usage, "Only one of --to-offset and --to-datetime can be meant.")
        }
        duration = try invocation.text("by-duration").map { text throws(CommandFailure) in
            try OffsetsTarget.duration(text)
        }
        let names = invocation.texts("kinds").flatMap { $0.split(separator: ",").map(String.init) }
        decoding.kinds = try EntityKeys.kinds(names, graph)
        let keys = invocation.texts("key").map { Array($0.utf8) }
        decoding.keys = keys.isEmpty ? nil : Set(keys)
        let entities = try invocation.arguments.map { text throws(CommandFailure) in try entity(text) }
        decoding.entities = entities.isEmpty ? nil : Set(entities)
    }

    private func entity(_ text: String) throws(CommandFailure) -> String {
        var pool = TextPool()
        do throws(Rejection) {
            return EntityName.write(try EntityName.parse(text, graph, pool: &pool), graph, pool: pool)
        } catch {
            throw CommandFailure(.usage, "\(text): \(error.message)")
        }
    }

    private static func share(_ text: String) throws(CommandFailure) -> (Int, Int) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let of = parts[1], 1...1_000 ~= of, 1...of ~= number else {
            throw CommandFailure(.usage, "`--share \(text)`: write the share and how many there are: 1/4 to 4/4.")
        }
        return (number, of)
    }

    var isEverything: Bool {
        decoding.isAll && invocation.texts("topic").isEmpty
            && ["from-offset", "from-datetime", "by-duration", "to-offset", "to-datetime"].allSatisfy {
                invocation.text($0) == nil
            }
    }

    /// By it an earlier run is known again. A duration is from now, so it names the same replay for as long as that one
    /// isn't through.
    var words: [String] {
        ["topic", "from-offset", "to-offset", "from-datetime", "to-datetime", "by-duration", "kinds", "key", "share"]
            .flatMap { name in [name] + invocation.texts(name) } + ["entities"] + invocation.arguments
    }

    /// The kinds whose keys may be touched.
    var kinds: Set<KindIndex> {
        let named = decoding.kinds ?? Set(graph.topics.flatMap { graph.kinds(namedBy: $0) })
        return Set(graph.downstream(of: Array(named)))
    }

    func stretches(_ deployment: Deployment, _ admin: KafkaAdmin, now: Int64) throws -> [ReplayStretch] {
        let all = try OffsetsScope.partitions(
            invocation, deployment, admin, fallback: graph.topics.map(\.name))
        let mine = all.sorted().enumerated().filter { $0.offset % share.of == share.number - 1 }.map(\.element)
        return try mine.compactMap { partition in
            guard let topic = graph.topics.firstIndex(where: { $0.name == partition.topic }) else {
                throw CommandFailure(
                    .usage, "`\(partition.topic)` is no topic of the graph: retry topics aren't replayed.")
            }
            let (low, high) = try admin.watermarks(partition)
            let from = try from(partition, admin, now) ?? low
            let to = try to(partition, admin) ?? high
            let stretch = ReplayStretch(
                partition: partition, topic: topic, from: min(max(from, low), high), to: min(max(to, low), high))
            return stretch.isDone ? nil : stretch
        }
    }

    private func from(_ partition: Partition, _ admin: KafkaAdmin, _ now: Int64) throws -> Int64? {
        if let offset = invocation.integer("from-offset") { return offset }
        if let time = invocation.datetime("from-datetime") { return try admin.offset(partition, at: time) }
        return try duration.map { duration throws(Fault) in try admin.offset(partition, at: now - duration) }
    }

    private func to(_ partition: Partition, _ admin: KafkaAdmin) throws -> Int64? {
        if let offset = invocation.integer("to-offset") { return offset }
        if let time = invocation.datetime("to-datetime") { return try admin.offset(partition, at: time) }
        return nil
    }
}
