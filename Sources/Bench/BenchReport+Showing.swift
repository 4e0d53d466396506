import CommandKit
import Foundation

extension BenchReport {
    package func render() -> String {
        var tables: [Table] = []
        if !cases.isEmpty && plan.dimensions.isEmpty { tables.append(figures) }
        if !ratios.isEmpty { tables.append(ratioTable) }
        if !latencies.isEmpty { tables.append(latencyTable) }
        if !warms.isEmpty { tables.append(warmTable) }
        if !plan.dimensions.isEmpty { tables.append(ScaleView(self).table) }
        let rounds = plan.rounds == 1 ? "1 round" : "\(plan.rounds) rounds"
        return tables.map { $0.render() }.joined(separator: "\n\n")
            + "\n\non \(broker), \(Int(BenchStages.cores)) cores, \(rounds); medians, spread is half of highest to "
            + "lowest; CPU in seconds per million"
    }

    private var figures: Table {
        var table = Table([
            .init("what"), .init("a second", .right), .init("spread", .right), .init("own CPU", .right),
            .init("Redis", .right), .init("PostgreSQL", .right), .init("broker", .right), .init("MiB", .right),
            .init("refused", .right),
        ])
        for part in plan.parts { parts[part].map { table.add(Self.row("\(part.name) (\($0.rate.unit))", $0)) } }
        for bench in plan.cases { cases[bench].map { table.add(Self.row(bench.name, $0)) } }
        for bench in plan.cases {
            rawReplays[bench].map { table.add(Self.row("replay --raw, \(bench.name)", $0)) }
            replays[bench].map { table.add(Self.row("replay, \(bench.name)", $0)) }
        }
        return table
    }

    private var ratioTable: Table {
        var table = Table([
            .init("against its slowest part"), .init("part"), .init("ratio", .right), .init("spread", .right),
            .init("of the cores", .right),
        ])
        for ratio in ratios {
            table.add([
                ratio.bench.name, ratio.part, Self.number(ratio.ratio.median, 2), Self.spread(ratio.ratio),
                Self.number(ratio.ofCores.median, 2),
            ])
        }
        for bench in plan.cases {
            guard let times = replayTimes(bench) else { continue }
            table.add(["replay, \(bench.name): time", "replay --raw", Self.number(times, 2)])
            replayTimesOfConsume(bench).map {
                table.add([
                    "replay, \(bench.name): time", BenchPart(.consume, bench).name, Self.number($0, 2),
                ])
            }
        }
        return table
    }

    private var latencyTable: Table {
        var table = Table([
            .init("latency"), .init("load", .right), .init("events/s", .right), .init("p50 ms", .right),
            .init("p99 ms", .right), .init("worst ms", .right),
        ])
        for latency in latencies {
            let result = latency.result
            table.add([
                latency.bench.name, "\(Int(latency.load * 100)) %", Self.number(result.sent, 0),
                Self.number(result.p50, 1), Self.number(result.p99, 1), Self.number(result.worst, 1),
            ])
        }
        return table
    }

    private var warmTable: Table {
        var table = Table([
            .init("freshet warm", .right), .init("rows/s", .right), .init("raw stream", .right),
            .init("fenced SET", .right), .init("ratio", .right), .init("MiB", .right),
        ])
        for (rows, warm) in warms.sorted(by: { $0.key < $1.key }) {
            table.add([
                "\(rows) rows", Self.number(warm.warm.median, 0), Self.number(warm.stream.median, 0),
                Self.number(warm.fenced.median, 0), Self.number(warm.ratio.median, 2),
                Self.number(warm.memory.median, 0),
            ])
        }
        return table
    }

    private static func row(_ name: String, _ entry: Entry) -> [String] {
        [
            name, number(entry.rate.median, 0), spread(entry.rate), number(entry.worker.median, 2),
            number(entry.redis.median, 2), number(entry.postgres.median, 2), number(entry.broker.median, 2),
            entry.memory.samples.isEmpty ? "" : number(entry.memory.median, 0),
            entry.refused.samples.isEmpty ? "" : "\(number(entry.refused.median * 100, 1)) %",
        ]
    }

    private static func spread(_ figure: Figure) -> String {
        figure.samples.count > 1 ? "± \(Int((figure.spread * 100).rounded())) %" : ""
    }

    static func number(_ value: Double, _ digits: Int) -> String {
        value.isFinite ? String(format: "%.\(digits)f", value) : "-"
    }
}
