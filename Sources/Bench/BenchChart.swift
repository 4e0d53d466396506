/// The report as a picture: bars of rates, the product's beside those of the parts.
package struct BenchChart {
    private let report: BenchReport
    private static let width = 960.0
    private static let left = 300.0
    private static let right = 260.0
    private static let row = 22.0

    package init(_ report: BenchReport) { self.report = report }

    private struct Bar {
        var name: String
        var value: Double
        var words: String
        var colour: String
    }

    package func render() -> String {
        guard report.plan.dimensions.isEmpty else { return ScaleChart(ScaleView(report)).render() }
        let bars = self.bars
        let highest = bars.map(\.value).max() ?? 1
        var drawing = SVGDrawing(
            width: Self.width, height: Double(bars.count) * Self.row + 70, title: "freshet bench")
        drawing.text(
            "events, entities or keys a second on \(report.broker); grey: a part alone, green: the product", 20, 28)
        for (place, bar) in bars.enumerated() {
            let y = 50 + Double(place) * Self.row
            let length = max(1, (Self.width - Self.left - Self.right) * bar.value / highest)
            drawing.text(bar.name, Self.left - 8, y + 13, anchor: "end")
            drawing.bar(Self.left, y, width: length, height: 16, colour: bar.colour)
            drawing.text(bar.words, Self.left + length + 6, y + 13)
        }
        return drawing.rendered
    }

    private var bars: [Bar] {
        let ratios = Dictionary(report.ratios.map { ($0.bench, $0) }, uniquingKeysWith: { first, _ in first })
        let parts = report.plan.parts.compactMap { part in
            report.parts[part].map { entry in
                Bar(
                    name: part.name, value: entry.rate.median, words: BenchReport.number(entry.rate.median, 0),
                    colour: "#94a3b8")
            }
        }
        let cases = report.plan.cases.compactMap { bench in
            report.cases[bench].map { entry in
                let ratio = ratios[bench].map { " · \(BenchReport.number($0.ratio.median, 2)) of \($0.part)" }
                return Bar(
                    name: bench.name, value: entry.rate.median,
                    words: BenchReport.number(entry.rate.median, 0) + (ratio ?? ""), colour: "#0f766e")
            }
        }
        return parts + cases
    }
}
