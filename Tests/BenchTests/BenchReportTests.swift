import CommandKit
import Foundation
import Testing

@testable import Bench

@Suite struct BenchReportTests {
    private let many = BenchCase()
    private let unique = BenchCase().with { $0.isUnique = true }
    private let refreshed = BenchCase().with { ($0.isUnique, $0.mode) = (true, .refresh) }

    /// So many a second in each round.
    private func lap(_ rate: Int) -> Lap { Lap(units: rate, seconds: 1, worker: 0.5, redis: 0.25, postgres: 0) }

    /// Per second: 1,000,000 events read, 800,000 decoded; 400,000 entities' dependants, 250,000 documents; 1,000,000
    /// keys removed, 200,000 written through the script.
    private func report(manyRates: [Int]) -> BenchReport {
        var report = BenchReport(.quick, broker: "none")
        for rate in manyRates {
            report.add(many, lap(rate))
            report.add(unique, lap(100_000))
            report.add(refreshed, lap(80_000))
            for bench in [many, unique] { report.add(part: BenchPart(.consume, bench), lap(1_000_000)) }
            for (work, rate) in [
                (BenchPart.Work.decode, 1_200_000), (.dependants, 400_000), (.read, 250_000), (.unlink, 1_000_000),
                (.fencedSet, 200_000),
            ] { report.add(part: BenchPart(work, unique), lap(rate)) }
        }
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

    /// Many events for each entity: reading the topic holds it up. Entities of their own: five keys removed take 5 µs,
    /// where finding them takes 2.5 µs. Refreshed, one is written in 5 µs and four are removed in 4 µs.
    @Test func theProductIsHeldAgainstItsSlowestPart() throws {
        let ratios = report(manyRates: [500_000, 600_000, 700_000]).ratios
        let ofMany = try #require(ratios.first { $0.bench == many })
        #expect(ofMany.part == "raw consume, many")
        #expect(ofMany.ratio.median == 0.6)
        #expect(abs(ofMany.ratio.spread - 1.0 / 6) < 1e-9)
        let ofUnique = try #require(ratios.first { $0.bench == unique })
        #expect(ofUnique.part == "UNLINK of 5 keys")
        #expect(abs(ofUnique.ratio.median - 0.5) < 1e-9)
        let ofRefreshed = try #require(ratios.first { $0.bench == refreshed })
        #expect(ofRefreshed.part == "fenced SET and UNLINK of 4 keys")
        #expect(abs(ofRefreshed.ratio.median - 0.72) < 1e-9)
    }

    /// Each part needs 0.75 CPU seconds a second: an event takes 0.75 µs to be read, 0.625 to be decoded, 1.875 to
    /// find what it reaches and 5 · 0.75 to remove it. So 100,000 a second keep 0.7 cores busy.
    @Test func thePartsTogetherNeedSoMuchOfTheMachine() throws {
        let ofUnique = try #require(report(manyRates: [1]).ratios.first { $0.bench == unique })
        #expect(abs(ofUnique.ofCores.median - 0.7 / BenchStages.cores) < 1e-9)
    }

    @Test func aCaseWhosePartsWereNotMeasuredHasNoRatio() {
        var report = BenchReport(.quick, broker: "none")
        report.add(many, lap(1))
        report.add(part: BenchPart(.consume, many), lap(1))
        #expect(report.ratios.isEmpty)
    }

    /// Against the same command that only reads, and against a consumer.
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

    @Test func theChartIsWholeAndNamesEveryCase() throws {
        let chart = BenchChart(report(manyRates: [600_000])).render()
        #expect(chart.hasPrefix("<svg"))
        #expect(chart.contains("invalidate, many") && chart.contains("0.60 of raw consume, many"))
        #expect(throws: Never.self) { try XMLCheck.check(chart) }
    }
}
