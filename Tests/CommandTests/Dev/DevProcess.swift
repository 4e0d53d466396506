import Foundation
import LocalServers
import TestServers

/// A `freshet dev` in a process of its own, whose folders lie in one of ours.
final class DevProcess: Sendable {
    private let process: Process
    private let file: URL
    private let folder: String

    init(_ arguments: [String], temporary: TemporaryFolder) throws {
        folder = try temporary.folder("runs")
        // PostgreSQL's user walks through it.
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
        file = URL(filePath: "\(temporary.path)/output-\(UInt64.random(in: 0 ... .max))")
        try Data().write(to: file)
        let output = try FileHandle(forWritingTo: file)
        process = Process()
        process.executableURL = URL(filePath: TestEnvironment.binary)
        process.arguments = ["dev"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": folder]) { $1 }
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    deinit { if process.isRunning { process.terminate() } }

    var output: String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }

    func terminate() { process.terminate() }

    func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

    /// The exit status, or the signal; -1 where it doesn't end.
    func waitForEnd() -> Int32 {
        guard Self.wait({ !self.process.isRunning }) else { return -1 }
        return process.terminationStatus
    }

    func waits(for text: String) -> Bool { Self.wait { self.output.contains(text) } }

    func leftovers() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder) }

    private static func wait(_ condition: () -> Bool) -> Bool {
        for _ in 0..<6_000 {
            if condition() { return true }
            usleep(20_000)
        }
        return false
    }
}
