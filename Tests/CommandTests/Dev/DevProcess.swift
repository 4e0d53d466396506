import Foundation
import LocalServers
import TestServers

/// A `freshet dev` in a process of its own, whose folders lie in one of ours.
final class DevProcess: Sendable {
    private let process: ServerProcess
    private let log: String
    private let folder: String

    init(_ arguments: [String], temporary: TemporaryFolder) throws {
        folder = try temporary.folder("runs")
        // PostgreSQL's user walks through it.
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
        log = "\(temporary.path)/output-\(UInt64.random(in: 0 ... .max))"
        process = try ServerProcess(
            executable: TestEnvironment.binary, arguments: ["dev"] + arguments, environment: ["TMPDIR": folder],
            log: log, pidFile: "\(log).pid")
    }

    /// It ends its servers first.
    deinit { process.terminate(within: 30_000) }

    var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    func terminate() { process.send(SIGTERM) }

    func kill() { process.kill() }

    /// The exit status, or the signal; -1 where it doesn't end.
    func waitForEnd() -> Int32 {
        guard Self.wait({ !self.process.isRunning }), let status = process.exitStatus else { return -1 }
        return status & 0x7f == 0 ? status >> 8 & 0xff : status & 0x7f
    }

    func waits(for text: String) -> Bool { Self.wait { self.output.contains(text) } }

    func leftovers() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder) }

    private static func wait(_ condition: () -> Bool) -> Bool {
        for _ in 0..<12_000 {
            if condition() { return true }
            usleep(20_000)
        }
        return false
    }
}
