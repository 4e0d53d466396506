import CommandKit
import FreshetConfig
import FreshetCore
import KafkaLink
import RedisLink
import Wiring

/// `freshet purge`
enum PurgeCommand {
    static let command = Command(
        "purge",
        summary: "removes a deployment from Redis: its keys and its control record",
        discussion: """
            Everything under the deployment's prefix goes: documents, control record, memory, leases. It refuses \
            while the group has members, and where the prefix belongs to another deployment. The control record goes \
            first, so that a worker which starts meanwhile can write nothing that this run would miss, and is noticed.

            The group's offsets in Kafka stay: kafka-consumer-groups --delete removes them. With them, a later worker \
            finds `cache-lost`, and rebuilds.

            Without --execute it counts what it would remove and changes nothing.
            """,
        common: [.config, .output, .execute, .yes],
        options: [
            .init("rate", .integer(1...10_000_000), fallback: "20000", "so many keys a second at most"),
            .init("without-kafka", .flag, "don't ask whether the group has members: you know that no worker runs"),
        ],
        examples: [
            .init("freshet purge", "how much there is to remove"),
            .init("freshet purge --execute --yes", "remove it"),
        ],
        run: run)

    private static func run(_ invocation: Invocation) async throws -> ExitCode {
        let deployment = try Deployment(invocation)
        if invocation.execute, !invocation.yes {
            throw CommandFailure(.usage, "That is the whole cache of `\(deployment.settings.deployment)`: add --yes.")
        }
        let purge = try Purge(deployment, invocation)
        let outcome = try await LaneThread.run("purge") { try await purge.perform() }
        switch invocation.output {
        case .table: invocation.console.print(outcome.text)
        case .json: invocation.console.print(outcome.json.render(indented: true))
        }
        return outcome.isCut ? .interrupted : .fine
    }
}
