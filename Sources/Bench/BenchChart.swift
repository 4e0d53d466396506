import Foundation

/// The report as a picture: bars of rates, the product's beside those of the parts.
package struct BenchChart {
    private let report: BenchReport
    private static let width = 860.0
    private static let left = 300.0
    private static let row = 22.0

    package init(_ report: BenchReport) { self.report = report }

    private struct Bar {
        var name: String
        var value: Double
        var colour: String
    }

    package func render() -> String {
        let parts = BenchReport.Limit.allCases.compactMap { limit in
            report.limits[limit].map { Bar(name: limit.rawValue, value: $0.rate.median, colour: "#94a3b8") }
        }
        let cases = report.plan.cases.compactMap { bench in
            report.cases[bench].map { Bar(name: bench.name, value: $0.rate.median, colour: "#0f766e") }
        }
        let bars = parts + cases
        let highest = bars.map(\.value).max() ?? 1
        let height = Double(bars.count) * Self.row + 70
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(Self.width)) \(Int(height))\" "
                + "font-family=\"ui-sans-serif, sans-serif\" font-size=\"12\">",
            "<title>freshet bench</title>", "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
            text(20, 28, "events, entities or keys a second; grey: a part alone, green: the product", "start"),
        ]
        for (place, bar) in bars.enumerated() {
            let y = 50 + Double(place) * Self.row
            let length = max(1, (Self.width - Self.left - 90) * bar.value / highest)
            lines.append(text(Self.left - 8, y + 13, bar.name, "end"))
            lines.append(
                "<rect x=\"\(Self.left)\" y=\"\(y)\" width=\"\(BenchReport.number(length, 1))\" height=\"16\" "
                    + "fill=\"\(bar.colour)\"/>")
            lines.append(text(Self.left + length + 6, y + 13, BenchReport.number(bar.value, 0), "start"))
        }
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    private func text(_ x: Double, _ y: Double, _ words: String, _ anchor: String) -> String {
        "<text x=\"\(BenchReport.number(x, 1))\" y=\"\(BenchReport.number(y, 1))\" text-anchor=\"\(anchor)\">"
            + "\(words)</text>"
    }
}
