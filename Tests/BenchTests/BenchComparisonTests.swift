import CommandKit
import Foundation
import Testing

@testable import Bench

@Suite struct BenchComparisonTests {
    private let many = BenchCase()

    /// A report of as many rounds as there are rates, against a topic that is read at 1,000,000 a second.
    private func report(_ rates: [Int], cpu: Double = 0.5, memory: Double = 50) -> BenchReport {
        var plan = BenchPlan.quick
        plan.rounds = rates.count
        var report = BenchReport(plan, broker: "none")
        for rate in rates {
            report.add(
                many,
                Lap(
                    units: rate, seconds: 1, worker: cpu * Double(rate) / 1e6, redis: 0, postgres: 0, memory: memory))
            for work in BenchPart.Work.allCases {
                let units = work == .consume ? 1_000_000 : 100_000_000
                report.add(
                    part: BenchPart(work, many), Lap(units: units, seconds: 1, worker: 0, redis: 0, postgres: 0))
            }
        }
        return report
    }

    /// The names of what got worse.
    private func worse(_ now: BenchReport, since before: BenchReport) throws -> [String] {
        let file = NSTemporaryDirectory() + "bench-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try before.json.render().write(toFile: file, atomically: true, encoding: .utf8)
        let comparison = try BenchComparison(now, since: KeptReport(file: file))
        #expect(comparison.isFine == comparison.lines.allSatisfy { !$0.isWorse })
        #expect(comparison.lines.count == 3)
        return comparison.lines.filter(\.isWorse).map(\.name)
    }

    @Test func aLowerRatioIsFoundBeyondTheNoiseOnly() throws {
        let before = report([600_000, 600_000, 600_000])
        #expect(try worse(report([590_000, 590_000, 590_000]), since: before) == [])
        #expect(try worse(report([500_000, 500_000, 500_000]), since: before) == ["invalidate, many: ratio"])
        // A noisy run says nothing about a small difference, and neither does a single round.
        #expect(try worse(report([300_000, 500_000, 700_000]), since: before) == [])
        #expect(try worse(report([520_000]), since: before) == [])
        #expect(try worse(report([480_000]), since: before) == ["invalidate, many: ratio"])
    }

    @Test func moreCPUTimeAndMemoryAreFound() throws {
        let before = report([600_000, 600_000, 600_000])
        let rates = [600_000, 600_000, 600_000]
        #expect(try worse(report(rates, cpu: 0.6), since: before) == ["invalidate, many: CPU s/M"])
        #expect(try worse(report(rates, memory: 60), since: before) == ["invalidate, many: MiB"])
        #expect(try worse(report(rates, cpu: 0.4, memory: 40), since: before) == [])
    }

    @Test func whatIsNoReportIsRefused() throws {
        let file = NSTemporaryDirectory() + "bench-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        #expect(throws: CommandFailure.self) { try KeptReport(file: file) }
        for text in ["[1, 2]", #"{"version": 0, "rounds": 1, "ratios": [], "product": {}}"#] {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            #expect(throws: CommandFailure.self) { try KeptReport(file: file) }
        }
        // Of this version, but of nothing that was measured now.
        let empty = #"{"version": \#(BenchReport.version), "rounds": 1, "ratios": [], "product": {}}"#
        try empty.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(throws: CommandFailure.self) { try BenchComparison(report([1]), since: KeptReport(file: file)) }
    }
}
