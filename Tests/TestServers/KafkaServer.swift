import Foundation
import KafkaLink
import LocalServers

/// A real Apache Kafka for tests, from the first of these that is there:
/// - `FRESHET_TEST_KAFKA_BOOTSTRAP`: one that runs already; nothing is started or stopped;
/// - `KAFKA_HOME`: any Kafka distribution (3.3 or later, KRaft), started by its own jars on free loopback ports;
/// - `FRESHET_TEST_KAFKA_KIT`: a folder with `kafka-up DIR` and `kafka-down DIR`.
package final class KafkaServer: Sendable {
    package let bootstrap: String
    private let stopping: Stopping

    private enum Stopping: Sendable {
        case nothing
        case process(ServerProcess, TemporaryFolder)
        case kit(folder: String, run: String, TemporaryFolder)
    }

    private init(bootstrap: String, stopping: Stopping) {
        self.bootstrap = bootstrap
        self.stopping = stopping
    }

    /// One for the whole test run; nil where none can be had. It is stopped when the process ends.
    package static let shared: KafkaServer? = {
        do {
            guard let server = try start() else {
                print("No Apache Kafka: suites that need a real one are skipped (see KAFKA_HOME in the README)")
                return nil
            }
            atexit { KafkaServer.shared?.stop() }
            return server
        } catch {
            print("Apache Kafka could not be started, suites that need it are skipped: \(error)")
            return nil
        }
    }()

    /// Whether a test can have one of its own, with settings that it chooses.
    package static let canStart =
        TestEnvironment.kafkaBootstrap == nil && (TestEnvironment.kafkaHome ?? TestEnvironment.kafkaKit) != nil

    package static func start(settings: [String: String] = [:]) throws(ServerFailure) -> KafkaServer? {
        let environment = ProcessInfo.processInfo.environment
        if let bootstrap = environment["FRESHET_TEST_KAFKA_BOOTSTRAP"], !bootstrap.isEmpty {
            return KafkaServer(bootstrap: bootstrap, stopping: .nothing)
        }
        if let home = environment["KAFKA_HOME"], !home.isEmpty { return try distribution(home, settings) }
        if let kit = environment["FRESHET_TEST_KAFKA_KIT"], !kit.isEmpty { return try fromKit(kit, settings) }
        return nil
    }

    deinit { stop() }

    package func stop() {
        switch stopping {
        case .nothing: break
        case .process(let process, _): process.terminate(within: 20_000)
        case .kit(let folder, let run, _):
            _ = try? Self.capture("\(folder)/kafka-down", [run], log: "\(run)/../down.log")
        }
    }

    private static func fromKit(_ kit: String, _ settings: [String: String]) throws(ServerFailure) -> KafkaServer {
        let folder = try TemporaryFolder()
        let run = "\(folder.path)/kafka"
        var arguments = [run]
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) { arguments += ["--set", "\(name)=\(value)"] }
        let output = try capture("\(kit)/kafka-up", arguments, log: "\(folder.path)/up.log")
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("bootstrap=") }) else {
            throw ServerFailure("kafka-up said: \(output)")
        }
        return KafkaServer(
            bootstrap: String(line.dropFirst("bootstrap=".count)), stopping: .kit(folder: kit, run: run, folder))
    }

    /// Runs a script to its end; its output goes to a file, so that a server it leaves behind doesn't hold a pipe open.
    private static func capture(_ script: String, _ arguments: [String], log: String) throws(ServerFailure) -> String {
        unlink(log)
        let process = try ServerProcess(executable: script, arguments: arguments, log: log, pidFile: "\(log).pid")
        while process.isRunning { usleep(20_000) }
        let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        guard process.exitStatus == 0 else { throw ServerFailure("\(script): \(output)") }
        return output
    }
}

/// A Kafka distribution, by its jars.
extension KafkaServer {
    private static func distribution(
        _ home: String, _ settings: [String: String], attempts: Int = 3
    ) throws(ServerFailure) -> KafkaServer {
        let folder = try TemporaryFolder()
        let (port, controller) = (try FreePort.find(), try FreePort.find())
        let properties = "\(folder.path)/server.properties"
        var lines = [
            "process.roles=broker,controller", "node.id=1", "controller.quorum.voters=1@127.0.0.1:\(controller)",
            "listeners=PLAINTEXT://127.0.0.1:\(port),CONTROLLER://127.0.0.1:\(controller)",
            "advertised.listeners=PLAINTEXT://127.0.0.1:\(port)", "controller.listener.names=CONTROLLER",
            "inter.broker.listener.name=PLAINTEXT", "log.dirs=\(folder.path)/data", "num.partitions=4",
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            "offsets.topic.replication.factor=1", "offsets.topic.num.partitions=4",
            "transaction.state.log.replication.factor=1", "transaction.state.log.min.isr=1",
            "group.initial.rebalance.delay.ms=0", "group.min.session.timeout.ms=1000",
            "log.retention.check.interval.ms=500", "log.segment.delete.delay.ms=100",
            "log.cleaner.dedupe.buffer.size=16777216",
        ]
        lines += settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        do {
            try lines.joined(separator: "\n").write(toFile: properties, atomically: true, encoding: .utf8)
        } catch { throw ServerFailure("write \(properties): \(error)") }
        let java = ["-Xmx512m", "-XX:+UseSerialGC", "-cp", "\(home)/libs/*"]
        let format = ["kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", properties]
        let formatter = try ServerProcess(
            executable: "java", arguments: java + format, log: "\(folder.path)/format.log",
            pidFile: "\(folder.path)/format.pid")
        guard waitUntil(60_000, { !formatter.isRunning }) else { throw ServerFailure("kafka's storage format hangs") }
        let process = try ServerProcess(
            executable: "java", arguments: java + ["kafka.Kafka", properties], log: "\(folder.path)/server.log",
            pidFile: "\(folder.path)/server.pid")
        let isUp = waitUntil(180_000) { !process.isRunning || Self.answers("127.0.0.1:\(port)") }
        guard isUp && process.isRunning else {
            // Somebody else may have taken a free port in between.
            let said = (try? String(contentsOfFile: process.log, encoding: .utf8)) ?? ""
            if attempts > 1, said.contains("already in use") {
                return try distribution(home, settings, attempts: attempts - 1)
            }
            throw ServerFailure("kafka doesn't start: \(process.lastWords)")
        }
        return KafkaServer(bootstrap: "127.0.0.1:\(port)", stopping: .process(process, folder))
    }

    private static func answers(_ bootstrap: String) -> Bool {
        var settings = KafkaSettings(bootstrap: bootstrap)
        settings.requestTimeout = 3_000
        return (try? KafkaAdmin(settings).cluster()) != nil
    }

    private static func waitUntil(_ milliseconds: Int, _ condition: () -> Bool) -> Bool {
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while !condition() {
            if ContinuousClock.now > end { return false }
            usleep(50_000)
        }
        return true
    }
}
