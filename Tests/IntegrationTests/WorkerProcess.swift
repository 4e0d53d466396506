import Foundation
import LocalServers
import TestServers

/// The real binary as a child process. What it says stands in one file.
final class WorkerProcess {
    private let process: ServerProcess
    private let log: String

    init(arguments: [String], folder: String, name: String) throws {
        log = "\(folder)/\(name)-\(UUID().uuidString.prefix(6)).log"
        process = try ServerProcess(
            executable: TestEnvironment.binary, arguments: arguments, log: log, pidFile: "\(log).pid")
    }

    var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
    var lines: [Substring] { output.split(separator: "\n") }
    var isRunning: Bool { process.isRunning }

    /// Waits for `ready` on a line of its own.
    func ready(within seconds: Int = 120) async throws {
        try await wait("the worker is ready", within: seconds) {
            guard self.isRunning else { throw NeverHappened(description: "the worker ended: \(self.output)") }
            return self.lines.contains("ready")
        }
    }

    /// As `kill -9`.
    func crash() { process.kill() }

    func signal(_ number: Int32) { process.send(number) }

    /// Waits for its end; its exit code.
    @discardableResult
    func end(within seconds: Int = 120) async throws -> Int32 {
        try await wait("the worker ends", within: seconds) { !self.isRunning }
        let status = process.exitStatus ?? -1
        // As WIFEXITED and WEXITSTATUS say; a signal as a shell shows it.
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }

    /// Asks it to end in good order; its account.
    func stop(within seconds: Int = 120) async throws -> [String: Any] {
        signal(SIGTERM)
        let code = try await end(within: seconds)
        guard code == 0 else { throw NeverHappened(description: "a good end: code \(code), \(output)") }
        return try account()
    }

    /// The JSON that it printed at its end.
    func account() throws -> [String: Any] {
        for line in lines.reversed() where line.hasPrefix("{\"received\"") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            if let account = object as? [String: Any] { return account }
        }
        throw NeverHappened(description: "an account: \(output)")
    }

    /// Log lines with this message.
    func said(_ message: String) -> [Substring] { lines.filter { $0.contains("\"message\":\"\(message)\"") } }
}

extension Dictionary where Key == String, Value == Any {
    func count(_ name: String) -> Int { (self[name] as? NSNumber)?.intValue ?? -1 }
}
