import Testing

@testable import Bench

@Suite struct ScaleTests {
    private func report() -> BenchReport {
        var report = BenchReport(.scale, broker: "none")
        for (place, bench) in BenchPlan.scale.cases.enumerated() {
            report.add(
                bench,
                Lap(units: 100_000 * (place + 1), seconds: 1, worker: 0, redis: 0, postgres: 0, memory: Double(place)))
        }
        return report
    }

    @Test func theTableHasALineForEachValueAndMode() {
        let rows = ScaleView(report()).table.rows
        #expect(rows.count == 2 * (4 + 3 + 3 + 3 + 4 + 4))
        #expect(rows[0].prefix(4) == ["events in the backlog", "100k", "invalidate", "100000"])
        #expect(rows[1].prefix(4) == ["events in the backlog", "100k", "refresh", "200000"])
    }

    /// What stands in several dimensions was measured once and is shown in each.
    @Test func theUsualCaseIsInEachOfTheFirstFour() {
        let rows = ScaleView(report()).table.rows
        let usual = rows.filter { $0[2] == "invalidate" && $0[3] == "500000" }
        #expect(
            usual.map { $0[0] + " " + $0[1] } == [
                "events in the backlog 1M", "partitions 4", "lanes of a worker 2", "workers of the group 1",
            ])
    }

    @Test func thePictureIsWholeAndHasTwoPlotsForEach() throws {
        let chart = BenchChart(report()).render()
        #expect(throws: Never.self) { try XMLCheck.check(chart) }
        #expect(chart.ranges(of: "<polyline").count == 6 * 2 * 2)
        #expect(chart.ranges(of: "<circle").count == 2 * 2 * (4 + 3 + 3 + 3 + 4 + 4))
        #expect(chart.contains(">workers of the group</text>"))
    }

    @Test(arguments: [(0.4, 1.0), (1, 1), (7, 8), (64, 80), (2_400, 3_000), (1_000, 1_000)])
    func anAxisEndsAtARoundNumber(_ value: Double, _ end: Double) {
        #expect(ScaleChart.roundedUp(value) == end)
    }

    @Test func textIsEscaped() throws {
        var drawing = SVGDrawing(width: 10, height: 10, title: "a < b")
        drawing.text("R&D >", 1, 1)
        #expect(drawing.rendered.contains("a &lt; b") && drawing.rendered.contains("R&amp;D &gt;"))
        try XMLCheck.check(drawing.rendered)
    }
}
