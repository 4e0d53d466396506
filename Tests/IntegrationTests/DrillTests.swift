import Foundation
import LocalServers
import TestServers
import Testing

/// The scripts under `deploy/drills`, as a person and as CI would run them.
@Suite struct DrillTests {
    private static let names = [
        "poison-record", "broken-read-model", "redis-full", "postgres-down", "mixed-letters", "zombie-worker",
    ]

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func start(_ name: String, _ arguments: String...) throws -> ServerProcess {
        try ServerProcess(
            executable: "\(TestEnvironment.root)/deploy/drills/\(name).sh", arguments: arguments,
            environment: ["FRESHET": TestEnvironment.binary, "TMPDIR": folder.path], log: log,
            pidFile: "\(folder.path)/drill.pid")
    }

    private var log: String { "\(folder.path)/drill.log" }
    private var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
    private var leftovers: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.filter { $0.hasPrefix("drill-") } ?? []
    }

    @Test(arguments: names) func theRunbookMendsIt(_ name: String) async throws {
        let drill = try start(name, "--auto")
        try await wait("the drill ends", within: 480) { !drill.isRunning }
        #expect(drill.exitStatus == 0, "\(output.suffix(3_000))")
        #expect(output.hasSuffix("Mended.\n"))
        #expect(leftovers == [])
        let runbook = try String(contentsOfFile: "\(TestEnvironment.root)/deploy/runbook.md", encoding: .utf8)
        let section = output.firstMatch(of: /The runbook's answer \((.*)\):/)
        #expect(runbook.contains("\n## \(section?.1 ?? "none")\n"))
    }

    /// Nobody mends anything, and an interrupt ends all of it.
    @Test func whatIsNotMendedIsSaidAndNothingIsLeft() async throws {
        let unmended = try start("poison-record")
        try await wait("the shell has nobody in it, and ends", within: 120) { !unmended.isRunning }
        #expect(unmended.exitStatus == 1 << 8)
        #expect(output.contains("there are open dead letters") && output.contains("Not mended yet."))
        #expect(leftovers == [])
        let interrupted = try start("postgres-down", "--auto")
        try await wait("it has begun", within: 120) { output.contains("PostgreSQL crashed") }
        kill(-interrupted.pid, SIGINT)
        try await wait("it ends", within: 60) { !interrupted.isRunning }
        #expect(interrupted.exitStatus == 130 << 8)
        #expect(leftovers == [])
    }
}
