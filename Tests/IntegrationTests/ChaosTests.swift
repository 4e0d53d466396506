import Foundation
import LocalServers
import TestServers
import Testing

/// The short form of `make chaos`: real servers break under real workers, and nothing is stale at rest.
@Suite struct ChaosTests {
    private struct Report: Decodable {
        var faults: Int
        var comparisons: Int
        var stale: Int
        var unaccounted: Int
        var problems: [String]
        var account: Account?
    }

    private struct Account: Decodable {
        var records: Int
        var counted: Int
        var deadLettered: Int
        var deferred: Int
        var lettersByOrigin: Int
        var retriesByOrigin: Int

        enum CodingKeys: String, CodingKey {
            case records
            case counted
            case deadLettered = "dead-lettered"
            case deferred
            case lettersByOrigin = "letters-by-origin"
            case retriesByOrigin = "retries-by-origin"
        }
    }

    /// The short form of 200 kills: what workers counted is what stands in the topics.
    @Test func afterKillsEveryRecordIsAccountedFor() async throws {
        let (code, report) = try await chaos([
            "--account", "--fault", "worker-kill", "--faults", "12", "--rest-every", "6", "--workers", "2", "--seed",
            "5",
        ])
        #expect(report.problems == [])
        #expect(report.faults == 12)
        #expect(report.stale == 0)
        let account = try #require(report.account)
        #expect(account.records > 100 && account.counted == account.records)
        #expect(account.deadLettered > 0 && account.deadLettered == account.lettersByOrigin)
        #expect(account.deferred > 0 && account.deferred <= account.retriesByOrigin)
        #expect(code == 0)
    }

    /// So many, and not for so long: on a busy machine not even one may come to its end in a minute.
    @Test func nothingIsStaleAfterFourFaults() async throws {
        let (code, report) = try await chaos(["--faults", "4", "--seed", "4", "--workers", "2"])
        #expect(report.problems == [])
        #expect(report.stale == 0)
        #expect(report.unaccounted == 0)
        #expect(report.faults == 4)
        #expect(report.comparisons >= 3)
        #expect(code == 0)
    }

    private func chaos(_ arguments: [String]) async throws -> (code: Int32, Report) {
        let folder = try TemporaryFolder()
        let (out, err) = ("\(folder.path)/report.json", "\(folder.path)/errors")
        for file in [out, err] { try Data().write(to: URL(filePath: file)) }
        let process = Process()
        process.executableURL = URL(filePath: TestEnvironment.binary)
        process.arguments = ["chaos", "--output", "json"] + arguments
        process.standardOutput = FileHandle(forWritingAtPath: out)
        process.standardError = FileHandle(forWritingAtPath: err)
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        try await wait("the chaos run ends", within: 400) { !process.isRunning }
        let text = try String(contentsOfFile: out, encoding: .utf8)
        guard let report = try? JSONDecoder().decode(Report.self, from: Data(text.utf8)) else {
            throw NeverHappened(description: "a report: \(text) \(try String(contentsOfFile: err, encoding: .utf8))")
        }
        return (process.terminationStatus, report)
    }
}
