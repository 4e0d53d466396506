import CommandKit
import Foundation

/// A real Kafka that the scripts `kafka-up` and `kafka-down` of a folder start and end.
package final class KafkaKit {
    package let bootstrap: String
    private let scripts: String
    private let run: String

    /// `settings` are the broker's own, as `name=value`.
    package init(scripts: String, run: String, settings: [String]) throws {
        self.scripts = scripts
        self.run = run
        let said = try Self.script(
            "\(scripts)/kafka-up", [run] + settings.flatMap { ["--set", $0] }, log: "\(run)-up.log")
        // `bootstrap=127.0.0.1:9092`
        bootstrap = String(said.split(separator: "=").last ?? "")
    }

    /// Of its only broker, as the scripts leave it.
    package var pid: pid_t? {
        let text = try? String(contentsOfFile: "\(run)/node-1/pid", encoding: .utf8)
        return text.flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    package func restartBroker() throws {
        _ = try Self.script("\(scripts)/kafka-up", [run, "--restart", "1"], log: "\(run)/up.log")
    }

    package func killBroker() throws {
        _ = try Self.script("\(scripts)/kafka-down", [run, "1", "--kill"], log: "\(run)/down.log")
    }

    package func down(isKill: Bool) {
        _ = try? Self.script("\(scripts)/kafka-down", [run] + (isKill ? ["--kill"] : []), log: "\(run)/down.log")
    }

    /// Runs a script to its end; its last line. The output goes to a file, so that a server which it leaves behind
    /// holds no pipe open.
    private static func script(_ path: String, _ arguments: [String], log: String) throws -> String {
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        guard let file = FileHandle(forWritingAtPath: log) else {
            throw CommandFailure(.fatal, "Can't write \(log)")
        }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = file
        process.standardError = file
        try process.run()
        process.waitUntilExit()
        let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        guard process.terminationStatus == 0 else { throw CommandFailure(.unreachable, "\(path): \(output)") }
        return output.split(separator: "\n").last.map(String.init) ?? ""
    }
}
