import CommandKit
import KafkaLink
import Wiring

/// `freshet offsets describe`
enum OffsetsDescribeCommand {
    static let command = Command(
        "describe",
        summary: "group, members and, for each partition, its offsets, lag and class",
        discussion: """
            For each partition: low and high watermark, the group's committed offset, what the workers wrote down as \
            their last commit (stored), the checkpoint in Redis (the next offset to apply), the lag in records and in \
            seconds, the class that recovery would find, and what it would do about it at the next start. Below that \
            the last decision about each partition that was not "nothing is wrong".
            """,
        options: OffsetsScope.options,
        examples: [
            .init("freshet offsets describe --config freshet.yaml", "all topics that the workers read"),
            .init("freshet offsets describe --topic league.changes:0,1 --output json", "two partitions, for scripts"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        let sight = try await LaneThread.run("offsets") {
            let admin = try KafkaAdmin(deployment.settings.kafkaSettings)
            let partitions = try OffsetsScope.partitions(
                invocation, deployment, admin, fallback: deployment.consumedTopics)
            return try await OffsetsLook(deployment: deployment, admin: admin, cache: deployment.cache())
                .sight(of: partitions)
        }
        let view = OffsetsView(sight: sight)
        switch invocation.output {
        case .table: invocation.console.print(view.text)
        case .json: invocation.console.print(view.json.render(indented: true))
        }
        return .fine
    }
}
