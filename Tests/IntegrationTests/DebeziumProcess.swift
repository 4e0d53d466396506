import Foundation
import LocalServers
import TestServers

/// The real Debezium, started by the Kafka kit's `debezium-up` and stopped by process id.
final class DebeziumProcess {
    struct Source {
        var port: Int
        var database: String
        var tables: [String]
        /// Of topics, replication slot and publication.
        var name: String
    }

    enum Converter: String, CaseIterable, Sendable {
        case json
        /// Each record carries its schema.
        case jsonSchema = "json-schema"
    }

    private let pid: pid_t
    private let folder: String

    /// Returns when it streams; the snapshot of what was there before is done then. On a machine that is busy with
    /// other suites it may take longer than the script waits, so it is asked again.
    init(kit: String, folder: String, bootstrap: String, source: Source, converter: Converter) throws {
        self.folder = folder
        var output = ""
        for _ in 0..<3 {
            output = try Self.start(kit, folder, bootstrap, source, converter)
            if let ready = output.firstMatch(of: /ready pid=([0-9]+)/), let pid = pid_t(ready.output.1) {
                self.pid = pid
                return
            }
        }
        throw ServerFailure("debezium-up said: \(output)")
    }

    /// What the script said.
    private static func start(
        _ kit: String, _ folder: String, _ bootstrap: String, _ source: Source, _ converter: Converter
    ) throws -> String {
        let slot = source.name.replacing("-", with: "_")
        var arguments = [
            folder, "--bootstrap", bootstrap, "--pg",
            "host=127.0.0.1 port=\(source.port) user=postgres password=x dbname=\(source.database)",
            "--tables", source.tables.map { "public.\($0)" }.joined(separator: ","), "--prefix", source.name,
            "--converter", converter.rawValue,
        ]
        let settings = [
            "slot.name=s_\(slot)", "publication.name=p_\(slot)", "snapshot.mode=initial", "skipped.operations=none",
            "heartbeat.interval.ms=200", "poll.interval.ms=50",
        ]
        arguments += settings.flatMap { ["--set", $0] }
        // To a file: the server that the script leaves behind must not hold a pipe open.
        let log = "\(folder)/up.log"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        unlink(log)
        let script = try ServerProcess(
            executable: "\(kit)/debezium-up", arguments: arguments, log: log, pidFile: "\(log).pid")
        while script.isRunning { usleep(20_000) }
        return try String(contentsOfFile: log, encoding: .utf8)
    }

    deinit { stop() }

    /// What it said last, for messages.
    var lastWords: String {
        ((try? String(contentsOfFile: "\(folder)/connect.log", encoding: .utf8)) ?? "").split(separator: "\n")
            .suffix(5).joined(separator: " | ")
    }

    /// Its data are thrown away, so there is nothing that it would have to finish.
    func stop() {
        guard isRunning else { return }
        kill(pid, SIGKILL)
        for _ in 0..<500 where isRunning { usleep(10_000) }
    }

    /// An id that was reused belongs to another program; one whose parent hasn't asked yet is a zombie.
    private var isRunning: Bool {
        guard let command = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8) else { return false }
        return command.contains("\(folder)/worker.properties")
    }
}
