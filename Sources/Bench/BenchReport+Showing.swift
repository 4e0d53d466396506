import CommandKit
import Foundation

extension BenchReport {
    package func render() -> String {
        var parts = Table([
            .init("what"), .init("a second", .right), .init("spread", .right), .init("own CPU s/M", .right),
            .init("Redis", .right), .init("PostgreSQL", .right), .init("MiB", .right),
        ])
        for limit in Limit.allCases {
            limits[limit].map { parts.add(Self.row("\(limit.rawValue) (\($0.rate.unit))", $0)) }
        }
        for bench in plan.cases { cases[bench].map { parts.add(Self.row(bench.name, $0)) } }
        var ratios = Table([.init("against its slowest part"), .init("part"), .init("ratio", .right)])
        for (bench, part, ratio) in self.ratios { ratios.add([bench.name, part, Self.number(ratio, 2)]) }
        var waits = Table([
            .init("latency"), .init("load", .right), .init("events/s", .right), .init("p50 ms", .right),
            .init("p99 ms", .right), .init("worst ms", .right),
        ])
        for latency in latencies {
            let result = latency.result
            waits.add([
                latency.bench.name, "\(Int(latency.load * 100)) %", Self.number(result.sent, 0),
                Self.number(result.p50, 1), Self.number(result.p99, 1), Self.number(result.worst, 1),
            ])
        }
        for bench in plan.cases {
            guard let times = replayTimes(bench), let raw = rawReplays[bench], let replay = replays[bench] else {
                continue
            }
            parts.add(Self.row("replay --raw, \(bench.name)", raw))
            parts.add(Self.row("replay, \(bench.name)", replay))
            ratios.add(["replay, \(bench.name): time", "replay --raw", Self.number(times, 2)])
            replayTimesOfConsume(bench).map {
                ratios.add(["replay, \(bench.name): time", Limit.consumeMany.rawValue, Self.number($0, 2)])
            }
        }
        var loads = Table([
            .init("freshet warm", .right), .init("rows/s", .right), .init("raw stream", .right),
            .init("fenced SET", .right), .init("ratio", .right), .init("MiB", .right),
        ])
        for (rows, warm) in warms.sorted(by: { $0.key < $1.key }) {
            loads.add([
                "\(rows) rows", Self.number(warm.warm.median, 0), Self.number(warm.stream.median, 0),
                Self.number(warm.fenced.median, 0), Self.number(warm.ratio.median, 2),
                Self.number(warm.memory.median, 0),
            ])
        }
        var tables = plan.cases.isEmpty ? [] : [parts, ratios, waits]
        if !warms.isEmpty { tables.append(loads) }
        return tables.map { $0.render() }.joined(separator: "\n\n")
            + "\n\non \(broker), \(plan.rounds) rounds; medians, spread is half of highest to lowest"
    }

    package var json: JSON {
        .object([
            ("version", .int(1)), ("broker", .string(broker)), ("rounds", .int(plan.rounds)),
            (
                "limits",
                .object(Limit.allCases.compactMap { limit in limits[limit].map { (limit.rawValue, $0.json) } })
            ),
            ("product", .object(plan.cases.compactMap { bench in cases[bench].map { (bench.name, $0.json) } })),
            (
                "ratios",
                .array(
                    ratios.map { bench, part, ratio in
                        .object([
                            ("case", .string(bench.name)), ("part", .string(part)), ("ratio", .double(ratio)),
                        ])
                    })
            ),
            (
                "replay",
                .array(
                    plan.cases.compactMap { bench in
                        guard let times = replayTimes(bench), let raw = rawReplays[bench], let replay = replays[bench]
                        else { return nil }
                        return .object([
                            ("case", .string(bench.name)), ("raw", raw.json), ("replay", replay.json),
                            ("times-as-long", .double(times)),
                            ("times-raw-consume", replayTimesOfConsume(bench).map { .double($0) } ?? .null),
                        ])
                    })
            ),
            (
                "warm",
                .array(
                    warms.sorted { $0.key < $1.key }.map { rows, warm in
                        .object([
                            ("rows", .int(rows)), ("rate", warm.warm.json), ("stream", warm.stream.json),
                            ("fenced", warm.fenced.json), ("ratio", warm.ratio.json), ("memory", warm.memory.json),
                        ])
                    })
            ),
            (
                "latency",
                .array(
                    latencies.map { latency in
                        .object([
                            ("case", .string(latency.bench.name)), ("load", .double(latency.load)),
                            ("sent", .double(latency.result.sent)), ("p50-ms", .double(latency.result.p50)),
                            ("p99-ms", .double(latency.result.p99)), ("worst-ms", .double(latency.result.worst)),
                            ("probes", .int(latency.result.probes)),
                        ])
                    })
            ),
        ])
    }

    private static func row(_ name: String, _ entry: Entry) -> [String] {
        [
            name, number(entry.rate.median, 0), "± \(Int(entry.rate.spread * 100)) %", number(entry.worker.median, 2),
            number(entry.redis.median, 2), number(entry.postgres.median, 2),
            entry.memory.samples.isEmpty ? "" : number(entry.memory.median, 0),
        ]
    }

    static func number(_ value: Double, _ digits: Int) -> String {
        value.isFinite ? String(format: "%.\(digits)f", value) : "-"
    }
}
