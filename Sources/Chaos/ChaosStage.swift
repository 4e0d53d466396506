import DevLeague
import Foundation
import FreshetConfig
import FreshetCore
import LocalServers
import PostgresLink

/// Everything that a run needs, in one folder that goes away with it.
package final class ChaosStage {
    /// Short, so that a worker that is stopped for longer doesn't take the run's time; milliseconds.
    static let sessionTimeout = 3_000
    static let shortSessionTimeout = 1_500
    /// A broker that was killed can come back with members of before whose session time-outs it has forgotten (its
    /// coordinator loads twice); a rebalance waits for them as long as this. Milliseconds.
    static let maxPollInterval = 20_000
    /// Somebody's broker allows no less by default.
    static let externalSessionTimeout = 6_000

    let folder: TemporaryFolder
    let broker: ChaosBroker
    let redis: ChaosRedis
    let postgres: ChaosPostgres
    let graph: Graph
    let sessionTimeout: Int
    private(set) var workers: [ChaosWorker] = []
    private let config: String
    private let keepLogs: String?

    /// With `accounts` some rows are busy at times, and a worker that was killed is missed soon.
    package init(kafka: String, kit: String?, files: SchemaFiles, keepLogs: String?, accounts: Bool) throws {
        let folder = try TemporaryFolder()
        self.folder = folder
        self.keepLogs = keepLogs
        broker = try ChaosBroker.start(kafka, kit: kit, folder: folder.path)
        sessionTimeout =
            !broker.canBreak ? Self.externalSessionTimeout : accounts ? Self.shortSessionTimeout : Self.sessionTimeout
        let graphFile = "\(folder.path)/league.yaml"
        let text = try Self.graph(files.text(files.graph), broker)
        try (accounts ? ChaosPoison.graph(text) : text).write(toFile: graphFile, atomically: true, encoding: .utf8)
        graph = try GraphFile.load(path: graphFile).graph
        postgres = try ChaosPostgres(folder)
        redis = try ChaosRedis(folder, namespace: graph.namespace, group: broker.settings.group)
        config = "\(folder.path)/freshet.yaml"
        try configuration(graphFile).write(toFile: config, atomically: true, encoding: .utf8)
    }

    /// The topics' names are this run's own; the second one carries the same events, captured.
    private static func graph(_ text: String, _ broker: ChaosBroker) -> String {
        let captured = """
            topics:
              \(broker.captured):
                format: json
                events: capture
                unknown: ignore
                fields: {type: type, id: entity, transaction: transaction, time: occurredAt}
                types:
                  match.updated: {kind: match}
                  match.deleted: {kind: match, operation: delete}
                  team.updated: {kind: team}
                  event.updated: {kind: event}
                  phase.updated: {kind: phase}

            """
        return text.replacing("topics:\n", with: captured, maxReplacements: 1)
            .replacing("league.changes:", with: "\(broker.topic):")
    }

    private func configuration(_ graphFile: String) -> String {
        """
        deployment: "\(broker.topic)"
        graph: "\(graphFile)"
        kafka:
          bootstrap: "\(broker.bootstrap)"
          group: "\(broker.settings.group)"
          session-timeout: \(sessionTimeout)ms
          max-poll-interval: \(Self.maxPollInterval)ms
        redis:
          port: \(redis.door.port)
          command-timeout: 2s
          connect-timeout: 1s
        postgres:
          url: "\(postgres.url)"
          statement-timeout: 3s
          round-trip-timeout: 4s
          connect-timeout: 2s
        worker:
          commit-interval: 200ms
          shutdown-timeout: 10s
          retry:
            backoff-cap: 1s
            attempts: 2
            delay: 1s
            rounds: 1000
        log:
          level: \(keepLogs == nil ? "info" : "debug")
          format: json

        """
    }

    /// What `freshet verify` says of the whole cache, where it isn't what it should say.
    func verify() throws -> String? {
        let process = try ServerProcess(
            executable: ChaosWorker.executable(), arguments: ["verify", "--config", config],
            log: "\(folder.path)/verify.log", pidFile: "\(folder.path)/verify.pid")
        let end = ContinuousClock.now + .seconds(120)
        while process.isRunning && ContinuousClock.now < end { usleep(20_000) }
        return process.exitStatus == 0 ? nil : "freshet verify: \(process.lastWords)"
    }

    /// Of all workers that ran.
    var logs: [String] { workers.flatMap(\.logs) }

    func startWorkers(_ count: Int) throws {
        for number in 0..<count {
            workers.append(try ChaosWorker(number, folder: folder.path, config: config))
        }
    }

    package func stop() {
        for worker in workers { worker.kill() }
        broker.stop()
        redis.stop()
        postgres.stop()
        copyLogs()
    }

    /// Workers' and servers' logs, for whoever looks for the cause.
    private func copyLogs() {
        guard let keepLogs else { return }
        let files = FileManager.default
        try? files.createDirectory(atPath: keepLogs, withIntermediateDirectories: true)
        for name in files.enumerator(atPath: folder.path)?.compactMap({ $0 as? String }) ?? []
        where name.hasSuffix(".log") {
            let target = "\(keepLogs)/\(name.replacing("/", with: "-"))"
            try? files.removeItem(atPath: target)
            try? files.copyItem(atPath: "\(folder.path)/\(name)", toPath: target)
        }
    }
}
