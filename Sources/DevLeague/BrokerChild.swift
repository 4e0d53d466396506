import CommandKit
import Glibc
import LocalServers

/// The embedded broker as a child process: a crash of the mock must not take the run with it.
package final class BrokerChild {
    private static let startTimeout: UInt64 = 20_000_000_000

    package let bootstrap: String
    private let process: ServerProcess

    package var pid: pid_t { process.pid }

    /// The child is this very executable.
    package init(startingIn folder: String, topics: [(name: String, partitions: Int)]) throws {
        let executable = try OwnExecutable.path()
        let log = "\(folder)/broker.log"
        let process = try ServerProcess(
            executable: executable,
            arguments: ["broker", "--detached"] + topics.flatMap { ["--topic", "\($0.name):\($0.partitions)"] },
            log: log, pidFile: "\(folder)/broker.pid")
        let end = MachineClock.now() + Self.startTimeout
        while true {
            if let line = Self.firstLine(of: log, after: "bootstrap=") {
                bootstrap = line
                break
            }
            guard process.isRunning, MachineClock.now() < end else {
                process.kill()
                throw CommandFailure(.unreachable, "The embedded broker did not start: \(process.lastWords)")
            }
            usleep(5_000)
        }
        self.process = process
    }

    package func stop() { process.terminate(within: 5_000) }

    private static func firstLine(of file: String, after prefix: String) -> String? {
        guard let handle = fopen(file, "r") else { return nil }
        defer { fclose(handle) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let text = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, handle)], as: UTF8.self)
        // A line without its end may still be in the making.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return lines.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}
