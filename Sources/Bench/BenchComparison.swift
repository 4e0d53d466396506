import CommandKit

/// What got slower since a report that was kept.
///
/// Rates of two runs are of two moments of the machine, so what is compared of them are ratios: each case against the
/// part that holds it back, in the same run. CPU time and memory are compared as they are.
package struct BenchComparison {
    package struct Line {
        package var name: String
        package var before: Double
        package var now: Double
        package var isWorse: Bool
    }

    package let lines: [Line]
    /// What less than three rounds can't tell from noise.
    private static let leastNoise = 0.15
    /// The same for more rounds.
    private static let usualNoise = 0.05

    package init(_ report: BenchReport, since kept: KeptReport) throws {
        let least = min(report.plan.rounds, kept.rounds) < 3 ? Self.leastNoise : Self.usualNoise
        var lines: [Line] = report.ratios.compactMap { now in
            guard let before = kept.ratios.first(where: { $0.case == now.bench.name }) else { return nil }
            let noise = max(least, before.spread + now.ratio.spread)
            return Line(
                name: "\(now.bench.name): ratio", before: before.ratio, now: now.ratio.median,
                isWorse: now.ratio.median < before.ratio * (1 - noise))
        }
        for bench in report.plan.cases {
            guard let now = report.cases[bench], let before = kept.product[bench.name] else { continue }
            lines.append(Self.line("\(bench.name): CPU s/M", before.worker, now.worker, least))
            if let memory = before.memory, !now.memory.samples.isEmpty {
                lines.append(Self.line("\(bench.name): MiB", memory, now.memory, least))
            }
        }
        guard !lines.isEmpty else {
            throw CommandFailure(.usage, "--compare \(kept.file): nothing in it was measured this time, too.")
        }
        self.lines = lines
    }

    /// Something of which less is better.
    private static func line(_ name: String, _ before: KeptReport.Figure, _ now: Figure, _ least: Double) -> Line {
        let noise = max(least, before.spread + now.spread)
        return Line(
            name: name, before: before.median, now: now.median, isWorse: now.median > before.median * (1 + noise))
    }

    package var isFine: Bool { !lines.contains(where: \.isWorse) }

    package func render() -> String {
        var table = Table([.init("compared"), .init("before", .right), .init("now", .right), .init("")])
        for line in lines {
            table.add([
                line.name, BenchReport.number(line.before, 2), BenchReport.number(line.now, 2),
                line.isWorse ? "worse, beyond the noise" : "",
            ])
        }
        return table.render()
    }
}
