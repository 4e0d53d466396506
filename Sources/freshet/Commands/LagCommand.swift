import CommandKit
import FreshetCore
import KafkaLink
import Wiring

/// `freshet lag`
enum LagCommand {
    static let command = Command(
        "lag",
        summary: "how far behind the workers are, in one line, for scripts and autoscalers",
        discussion: """
            Records between the checkpoints in Redis and the ends of the topics, and for how long the oldest of them \
            has been waiting. Retry topics don't count: their records wait on purpose. Ends with 1 where --max or \
            --max-age is exceeded.
            """,
        options: [
            OffsetsScope.topic,
            .init("max", .integer(0...Int64.max), "more records than this are too many: exit code 1"),
            .init("max-age", .duration, "records that wait for longer than this are too old: exit code 1"),
        ],
        examples: [
            .init("freshet lag", "one line"),
            .init("freshet lag --max 10000 || echo too far behind", "for a script"),
            .init("freshet lag --output json", "for an autoscaler"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let sight = try await LaneThread.run("lag") {
            let admin = try KafkaAdmin(deployment.settings.kafkaSettings)
            let partitions = try OffsetsScope.partitions(
                invocation, deployment, admin, fallback: deployment.graph.graph.topics.map(\.name))
            return try await OffsetsLook(
                deployment: deployment, admin: admin, cache: deployment.cache(), asksMembers: false
            ).sight(of: partitions)
        }
        let lag = Lag(sight)
        switch invocation.output {
        case .table: invocation.console.print(lag.line)
        case .json: invocation.console.print(lag.json.render())
        }
        let isTooMuch = invocation.integer("max").map { lag.records > $0 } ?? false
        let isTooOld = invocation.duration("max-age").map { (lag.seconds ?? 0) * 1_000 > Double($0) } ?? false
        return isTooMuch || isTooOld ? .found : .fine
    }

    struct Lag {
        let group: String
        let records: Int64
        /// Of the oldest record that waits; nil where none can be told.
        let seconds: Double?
        let partitions: Int
        let worst: OffsetsSight.Place?

        init(_ sight: OffsetsSight) {
            group = sight.group
            records = sight.places.reduce(0) { $0 + $1.lag }
            seconds = sight.places.compactMap { $0.lagSeconds(now: sight.time) }.max()
            partitions = sight.places.count
            worst = sight.places.filter { $0.lag > 0 }.max { $0.lag < $1.lag }
        }

        var line: String {
            let age = seconds.map { "\(OffsetsView.seconds($0)) s" } ?? "? s"
            let most = worst.map { ", most in \($0.partition): \($0.lag)" } ?? ""
            return "lag \(records) records, \(age), group \(group), \(partitions) partitions\(most)"
        }

        var json: JSON {
            .object([
                ("group", .string(group)), ("lag", .int(records)), ("seconds", seconds.map { .double($0) } ?? .null),
                ("partitions", .int(partitions)),
                (
                    "most",
                    worst.map { .object([("partition", .string($0.partition.description)), ("lag", .int($0.lag))]) }
                        ?? .null
                ),
            ])
        }
    }
}
