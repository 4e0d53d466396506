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

    @Test func nothingIsStaleAfterAFewFaults() async throws {
        let (code, report) = try await chaos(["--faults", "6", "--seed", "4", "--workers", "2"])
        #expect(report.problems == [])
        #expect(report.stale == 0)
        #expect(report.unaccounted == 0)
        #expect(report.faults == 6)
        // One after each step of one or two faults, and one at the end.
        #expect(report.comparisons >= 4)
        #expect(code == 0)
    }

    private func chaos(_ arguments: [String]) async throws -> (code: Int32, Report) {
        let folder = try TemporaryFolder()
        let process = try DlqProcess(["chaos", "--output", "json"] + arguments, folder: folder.path, input: nil)
        try await wait("the chaos run ends", within: 1_200) { !process.isRunning }
        let done = process.end()
        guard let report = try? JSONDecoder().decode(Report.self, from: Data(done.out.utf8)) else {
            throw NeverHappened(description: "a report: \(done.out) \(done.err)")
        }
        return (done.code, report)
    }
}
