import CommandKit
import DevLeague
import Foundation
import Glibc
import LocalServers

/// One place for a worker: `freshet worker` as a child process, again and again.
final class ChaosWorker {
    let number: Int
    private let folder: String
    private let config: String
    private var process: ServerProcess
    private var starts = 0
    private(set) var log: String
    /// Of those that ran here before, too.
    private(set) var logs: [String]
    /// Ended because we said so.
    private(set) var isDown = false

    init(_ number: Int, folder: String, config: String) throws {
        self.number = number
        self.folder = folder
        self.config = config
        log = "\(folder)/worker-\(number)-0.log"
        logs = [log]
        process = try Self.launch(log, config)
    }

    private static func launch(_ log: String, _ config: String) throws -> ServerProcess {
        try ServerProcess(
            executable: OwnExecutable.path(), arguments: ["worker", "--config", config], log: log, pidFile: "\(log).pid"
        )
    }

    var isRunning: Bool { process.isRunning }
    var exitStatus: Int32? { process.exitStatus }
    var lastWords: String { process.lastWords }

    func start() throws {
        starts += 1
        log = "\(folder)/worker-\(number)-\(starts).log"
        logs.append(log)
        process = try Self.launch(log, config)
        isDown = false
    }

    func kill() {
        isDown = true
        process.kill()
    }

    func suspend() { process.suspend() }
    func resume() { process.resume() }

    /// Ends it in good order; what is wrong with its end, if anything.
    func end(within milliseconds: Int) -> String? {
        isDown = true
        process.send(SIGTERM)
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while process.isRunning && ContinuousClock.now < end { usleep(10_000) }
        guard !process.isRunning else {
            process.kill()
            return "worker \(number) did not end within \(milliseconds / 1000) s of SIGTERM"
        }
        let status = process.exitStatus ?? -1
        if status != 0 { return "worker \(number) ended with status \(status) after SIGTERM: \(process.lastWords)" }
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        let account = text.split(separator: "\n").last { $0.hasPrefix("{\"received\"") }
        guard let account else { return "worker \(number) ended without an account" }
        return account.contains("\"adds-up\":true") ? nil : "worker \(number)'s account doesn't add up: \(account)"
    }
}
