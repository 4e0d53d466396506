import CommandKit
import DevLeague
import Foundation
import Glibc
import LocalServers

/// `freshet replay` over the whole topic as a child process, beside the same command that only reads.
struct BenchReplay {
    let bench: BenchCase
    let topic: String
    let config: String
    let log: String
    let servers: BenchServers
    /// Milliseconds for one of them.
    private static let patience: UInt64 = 120_000

    /// How long the command took by its own account: without its start, which is the same for both.
    func lap(isRaw: Bool, events: Int) throws -> Lap {
        let before = servers.times
        let words = isRaw ? ["--raw"] : ["--execute", "--yes", "--restart"]
        let process = try ServerProcess(
            executable: try OwnExecutable.path(),
            arguments: ["replay", "--config", config, "--topic", topic, "--output", "json"] + words, log: log,
            pidFile: "\(log).pid")
        let end = MachineClock.now() + Self.patience * 1_000_000
        while process.isRunning {
            guard MachineClock.now() < end else { throw failure("it didn't end", process) }
            usleep(5_000)
        }
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        guard process.exitStatus == 0, let start = text.range(of: "\n{\n", options: .backwards)?.lowerBound,
            let result = try? JSONDecoder().decode(Result.self, from: Data(text[start...].utf8)),
            result.records == events
        else { throw failure("it didn't read all \(events) records", process) }
        let after = servers.times
        return Lap(units: events, seconds: result.seconds, worker: 0, servers: after - before)
    }

    private struct Result: Decodable {
        var records: Int
        var seconds: Double
    }

    private func failure(_ what: String, _ process: ServerProcess) -> CommandFailure {
        CommandFailure(.fatal, "replay of \(bench.name): \(what). It said: \(process.lastWords)")
    }
}
