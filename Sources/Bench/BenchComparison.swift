import CommandKit
import Foundation

/// What got slower since a report that was kept.
///
/// Rates of two runs are of two moments of the machine, so what is compared are ratios: each figure of the product
/// against the part that holds it back, measured in the same run.
package struct BenchComparison {
    package struct Line {
        package var name: String
        package var before: Double
        package var now: Double
        package var isSlower: Bool
    }

    package let lines: [Line]

    package init(_ report: BenchReport, since file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw CommandFailure(.usage, "--compare \(file): the file can't be read.")
        }
        guard let kept = try? JSONDecoder().decode(Kept.self, from: data) else {
            throw CommandFailure(.usage, "--compare \(file): that is no report of `freshet bench --output json`.")
        }
        lines = report.ratios.compactMap { bench, _, now in
            guard let before = kept.ratios.first(where: { $0.case == bench.name })?.ratio else { return nil }
            let noise = max(
                0.05, (kept.product[bench.name]?.rate.spread ?? 0) + (report.cases[bench]?.rate.spread ?? 0))
            return Line(name: bench.name, before: before, now: now, isSlower: now < before * (1 - noise))
        }
    }

    package var isFine: Bool { !lines.contains(where: \.isSlower) }

    package func render() -> String {
        var table = Table([.init("ratio"), .init("before", .right), .init("now", .right), .init("")])
        for line in lines {
            table.add([
                line.name, BenchReport.number(line.before, 2), BenchReport.number(line.now, 2),
                line.isSlower ? "slower, beyond the noise" : "",
            ])
        }
        return table.render()
    }

    private struct Kept: Decodable {
        struct Figure: Decodable { var spread: Double }
        struct Entry: Decodable { var rate: Figure }
        struct Ratio: Decodable {
            var `case`: String
            var ratio: Double
        }

        var ratios: [Ratio]
        var product: [String: Entry]
    }
}
