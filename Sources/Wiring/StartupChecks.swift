import CommandKit
import FreshetConfig
import FreshetCore
import KafkaLink
import PostgresLink
import Telemetry

/// At the start every server must answer: an address or a password that is wrong shall be told at once and not look
/// like an outage. What happens later is a pause.
package struct StartupChecks {
    package let deployment: Deployment
    package let log: Log

    /// All that is wrong at once. Each server is asked on a thread of its own: a worker that starts shall work soon.
    package func run() async throws(CommandFailure) {
        async let first = finding("redis") { () async throws(CommandFailure) in try await redis() }
        async let second = finding("postgres") { () async throws(CommandFailure) in try await postgres() }
        async let third = finding("statements") { () async throws(CommandFailure) in try await statements() }
        async let fourth = finding("kafka") { () async throws(CommandFailure) in try await kafka() }
        let failures = await [first, second, third, fourth].compactMap { $0 }
        guard let exit = failures.first?.exit else { return }
        throw CommandFailure(exit, failures.map(\.message).joined(separator: "\n"))
    }

    private func finding(
        _ name: String, _ check: @escaping @Sendable () async throws(CommandFailure) -> Void
    ) async -> CommandFailure? {
        try? await LaneThread.run("check \(name)") {
            do throws(CommandFailure) { try await check() } catch { return error }
            return nil
        }
    }

    private func redis() async throws(CommandFailure) {
        let record: ControlView.Record?
        do throws(Fault) {
            record = try await deployment.cache().look([]).record
        } catch {
            throw failure(error, "Check `redis.host`, `redis.port`, `redis.username` and `redis.password`.", nil)
        }
        guard let owner = record?.owner, owner != deployment.settings.deployment else { return }
        let prefix = deployment.graph.graph.namespace.prefix
        throw CommandFailure(
            .usage,
            "redis refuses us: the keys under the prefix `\(prefix)` belong to the deployment `\(owner)`, and this one "
                + "is `\(deployment.settings.deployment)`\n  Give this deployment a prefix of its own "
                + "(`namespace.prefix` of the graph), or, if it is the same one, its name (`deployment` of the "
                + "configuration).")
    }

    private func postgres() async throws(CommandFailure) {
        do throws(Fault) {
            _ = try await deployment.models().position()
        } catch {
            let advice =
                error.code == .notPrimary
                ? "Point `postgres` at the primary: read models are read there, so that no value is "
                    + "older than its event."
                : "Check `postgres.url`, or `postgres.host`, `postgres.port`, `postgres.user`, `postgres.password` and "
                    + "`postgres.database`."
            throw failure(error, advice, nil)
        }
    }

    /// Every statement of the graph must be what the graph says of it: columns, types, rights.
    private func statements() async throws(CommandFailure) {
        let connection = PostgresConnection(deployment.settings.postgresSettings, access: .read)
        defer { connection.close() }
        var problems: [String] = []
        for statement in deployment.graph.graph.statements {
            do throws(Fault) {
                let found = try connection.describe(statement).problems(of: statement)
                problems += found.map { "\(statement.name): \($0)" }
            } catch {
                // A server that is away has said so above.
                guard case .sqlState = error.code else { return }
                problems.append(error.message)
            }
        }
        guard !problems.isEmpty else { return }
        throw CommandFailure(
            .usage,
            "the graph \(deployment.graph.file) doesn't fit the database:\n  " + problems.joined(separator: "\n  ")
                + "\n  `freshet graph check` says more.")
    }

    private func kafka() async throws(CommandFailure) {
        do throws(Fault) {
            let admin = try KafkaAdmin(deployment.settings.kafkaSettings)
            _ = try admin.cluster(topic: deployment.graph.graph.topics.first?.name)
            for topic in deployment.graph.graph.topics { try look(at: topic.name, admin) }
        } catch {
            throw failure(error, "Check `kafka.bootstrap` and `kafka.security`.", nil)
        }
    }

    /// A topic that isn't there yet is waited for; its dead-letter topic is made where that is wanted.
    private func look(at topic: String, _ admin: KafkaAdmin) throws(Fault) {
        let partitions = try admin.partitions(of: topic).count
        guard partitions > 0 else {
            log.warning(
                .configurationWarning,
                ["topic": .string(topic), "why": "it doesn't exist yet: nothing is consumed until it is created"])
            return
        }
        try side(
            deployment.deadLetterTopic(of: topic), deployment.settings.deadLetterTopic, topic, partitions, admin,
            "rejected records can't be written to a topic that is missing, and work on them waits until it is there")
        guard deployment.settings.worker.retry.rounds > 0 else { return }
        try side(
            deployment.retryTopic(of: topic), deployment.settings.retryTopic, topic, partitions, admin,
            "records that wait for another try can't be written to a topic that is missing, and work on them waits")
    }

    /// A topic of ours beside one of the graph's.
    private func side(
        _ name: String, _ settings: Settings.SideTopic, _ topic: String, _ partitions: Int, _ admin: KafkaAdmin,
        _ consequence: String
    ) throws(Fault) {
        let there = try admin.partitions(of: name).count
        guard there < partitions else { return }
        if there == 0, settings.create {
            do {
                return try admin.createTopic(
                    name, partitions: partitions, configuration: Self.configuration(beside: topic, admin))
            } catch {
                log.warning(
                    .configurationWarning,
                    ["topic": .string(name), "why": .string("it can't be created: \(error.message)")])
                return
            }
        }
        log.warning(
            .configurationWarning,
            [
                "topic": .string(name),
                "why": .string("it has \(there) partitions, and \(topic) has \(partitions): \(consequence)"),
            ])
    }

    /// A letter keeps its record's timestamp: retention by time would delete an old record's letter at once. And it is
    /// larger than its record by its headers.
    private static func configuration(beside topic: String, _ admin: KafkaAdmin) -> [String: String] {
        var result = ["retention.ms": "-1"]
        // Not everybody may ask.
        let found = try? admin.configuration(of: topic)["max.message.bytes"].flatMap { Int($0) }
        if let bytes = found { result["max.message.bytes"] = "\(min(bytes + headerBytes, Int(Int32.max)))" }
        return result
    }

    /// More than our header family ever has.
    private static let headerBytes = 16 << 10

    private func failure(_ fault: Fault, _ advice: String, _ exit: ExitCode?) -> CommandFailure {
        let code = exit ?? .of(fault)
        let verb = code == .unreachable ? "can't be used" : "refuses us"
        return CommandFailure(code, "\(fault.dependency.rawValue) \(verb): \(fault.message)\n  \(advice)")
    }
}
