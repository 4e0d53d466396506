import CommandKit
import DevLeague
import Foundation
import Glibc
import LocalServers

/// `freshet worker` as a child process.
final class BenchWorker {
    let process: ServerProcess
    let log: String
    private let status: String
    private let topic: String

    init(config: String, topic: String, folder: String, name: String) throws {
        self.topic = topic
        log = "\(folder)/worker-\(name).log"
        status = "\(folder)/status-\(name).json"
        process = try ServerProcess(
            executable: try OwnExecutable.path(), arguments: ["worker", "--config", config, "--status-file", status],
            log: log, pidFile: "\(log).pid")
    }

    /// Partitions that it works on.
    var partitions: Int {
        let text = (try? String(contentsOfFile: status, encoding: .utf8)) ?? ""
        return text.contains(#""state":"ready""#) ? text.ranges(of: "\(topic)[").count : 0
    }

    var cpuSeconds: Double { ProcessTimes.single(process.pid) }
    var peakMemory: Double { ProcessTimes.peakMemory(process.pid) }

    /// What it said at its end of what it did.
    struct Account: Decodable {
        var isWhole: Bool
        var refreshed: Int
        var invalidated: Int
        var refused: Int

        private enum CodingKeys: String, CodingKey {
            case isWhole = "adds-up"
            case refreshed = "keys-refreshed"
            case invalidated = "keys-invalidated"
            case refused = "keys-refused"
        }
    }

    var account: Account? {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").last { $0.hasPrefix(#"{"received""#) }
        return line.flatMap { try? JSONDecoder().decode(Account.self, from: Data($0.utf8)) }
    }
}
