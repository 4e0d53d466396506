import Bench
import CommandKit
import Foundation
import Testing

@Suite struct BenchReportTests {
    private let many = BenchCase()
    private var unique: BenchCase {
        var bench = BenchCase()
        bench.isUnique = true
        return bench
    }

    /// So many a second in each round.
    private func lap(_ rate: Int) -> Lap { Lap(units: rate, seconds: 1, worker: 0.5, redis: 0.25, postgres: 0) }

    private func report(manyRates: [Int]) -> BenchReport {
        var report = BenchReport(.quick, broker: "none")
        for rate in manyRates { report.add(many, lap(rate)) }
        report.add(limit: .consumeMany, lap(1_000_000))
        report.add(limit: .consumeUnique, lap(900_000))
        report.add(limit: .decode, lap(800_000))
        report.add(limit: .dependants, lap(400_000))
        report.add(limit: .fencedUnlink, lap(1_000_000))
        report.add(unique, lap(100_000))
        return report
    }

    @Test func aFigureIsItsMedian() {
        var figure = Figure("events/s")
        for sample in [30.0, 10, 20] { figure.add(sample) }
        #expect(figure.median == 20)
        #expect(figure.spread == 0.5)
        figure.add(40)
        #expect(figure.median == 25)
    }

    /// Many events for each entity: reading the topic holds it up. Entities of their own: five keys through the script.
    @Test func theProductIsHeldAgainstItsSlowestPart() throws {
        let ratios = report(manyRates: [500_000, 600_000, 700_000]).ratios
        let ofMany = try #require(ratios.first { $0.bench == many })
        #expect(ofMany.part == "raw consume, many")
        #expect(ofMany.ratio == 0.6)
        let ofUnique = try #require(ratios.first { $0.bench == unique })
        #expect(ofUnique.part == "fenced script, 5 keys")
        #expect(abs(ofUnique.ratio - 0.5) < 1e-9)
    }

    /// Against the same command that only reads, and against a consumer's one thread.
    @Test func aReplayIsHeldAgainstReading() throws {
        var report = report(manyRates: [500_000])
        #expect(report.replayTimes(many) == nil)
        for rate in [1_000_000, 3_000_000, 2_000_000] { report.add(replay: many, raw: lap(rate)) }
        for rate in [1_600_000, 1_000_000, 1_700_000] { report.add(replay: many, lap(rate)) }
        #expect(report.replayTimes(many) == 1.25)
        #expect(report.replayTimesOfConsume(many) == 0.625)
        #expect(report.render().contains("replay, invalidate, many: time"))
        #expect(report.json.render().contains(#""times-as-long":1.25"#))
    }

    @Test func aLowerRatioIsFoundBeyondTheNoiseOnly() throws {
        let file = NSTemporaryDirectory() + "bench-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try report(manyRates: [600_000, 600_000]).json.render().write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try BenchComparison(report(manyRates: [590_000, 590_000]), since: file).isFine)
        let slower = try BenchComparison(report(manyRates: [400_000, 400_000]), since: file)
        #expect(slower.lines.filter(\.isSlower).map(\.name) == ["invalidate, many"])
        #expect(!slower.isFine)
        // A noisy run says nothing about a small difference.
        #expect(try BenchComparison(report(manyRates: [300_000, 500_000, 700_000]), since: file).isFine)
    }

    @Test func whatIsNoReportIsRefused() throws {
        let file = NSTemporaryDirectory() + "bench-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        #expect(throws: CommandFailure.self) { try BenchComparison(report(manyRates: [1]), since: file) }
        try "[1, 2]".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(throws: CommandFailure.self) { try BenchComparison(report(manyRates: [1]), since: file) }
    }

    @Test func theChartIsWholeAndNamesEveryCase() throws {
        let chart = BenchChart(report(manyRates: [600_000])).render()
        #expect(chart.hasPrefix("<svg"))
        #expect(chart.contains("invalidate, many") && chart.contains("fenced script, UNLINK"))
        #expect(throws: Never.self) { try XMLCheck.check(chart) }
    }

    @Test(arguments: [BenchPlan.quick, .full])
    func casesHaveNamesOfTheirOwn(_ plan: BenchPlan) {
        #expect(Set(plan.cases.map(\.name)).count == plan.cases.count)
    }
}

/// Every element is closed where it must be.
enum XMLCheck {
    struct Unbalanced: Error {}

    static func check(_ text: String) throws {
        var open: [Substring] = []
        for piece in text.split(separator: "<").map({ $0.prefix { $0 != ">" } }) {
            let name = piece.prefix { !" /".contains($0) }
            if piece.hasPrefix("/") {
                guard open.popLast() == piece.dropFirst() else { throw Unbalanced() }
            } else if !piece.hasSuffix("/") {
                open.append(name)
            }
        }
        guard open.isEmpty else { throw Unbalanced() }
    }
}
