import CommandKit

extension BenchReport {
    /// What `--compare` reads.
    static let version: Int64 = 2

    package var json: JSON {
        .object([
            ("version", .int(Self.version)), ("broker", .string(broker)), ("rounds", .int(Int64(plan.rounds))),
            ("cores", .int(Int64(BenchStages.cores))),
            ("parts", .object(plan.parts.compactMap { part in parts[part].map { (part.name, $0.json) } })),
            ("product", .object(plan.cases.compactMap { bench in cases[bench].map { (bench.name, $0.json) } })),
            ("ratios", .array(ratios.map(\.json))),
            ("replay", .array(plan.cases.compactMap(replayJSON))),
            ("warm", .array(warms.sorted { $0.key < $1.key }.map { $1.json(rows: $0) })),
            ("latency", .array(latencies.map(\.json))),
            ("scale", ScaleView(self).json),
        ])
    }

    private func replayJSON(_ bench: BenchCase) -> JSON? {
        guard let times = replayTimes(bench), let raw = rawReplays[bench], let replay = replays[bench] else {
            return nil
        }
        return .object([
            ("case", .string(bench.name)), ("raw", raw.json), ("replay", replay.json),
            ("times-as-long", .double(times)),
            ("times-raw-consume", replayTimesOfConsume(bench).map { .double($0) } ?? .null),
        ])
    }
}

extension BenchReport.Entry {
    var json: JSON {
        .object([
            ("rate", rate.json), ("worker", worker.json), ("redis", redis.json), ("postgres", postgres.json),
            ("broker", broker.json), ("memory", memory.samples.isEmpty ? .null : memory.json),
            ("refused", refused.samples.isEmpty ? .null : refused.json),
        ])
    }
}

extension BenchReport.Ratio {
    var json: JSON {
        .object([
            ("case", .string(bench.name)), ("part", .string(part)), ("ratio", .double(ratio.median)),
            ("spread", .double(ratio.spread)), ("of-cores", .double(ofCores.median)),
        ])
    }
}

extension BenchReport.Warm {
    func json(rows: Int) -> JSON {
        .object([
            ("rows", .int(Int64(rows))), ("rate", warm.json), ("stream", stream.json), ("fenced", fenced.json),
            ("ratio", ratio.json), ("memory", memory.json),
        ])
    }
}

extension BenchReport.Latency {
    var json: JSON {
        .object([
            ("case", .string(bench.name)), ("load", .double(load)), ("sent", .double(result.sent)),
            ("p50-ms", .double(result.p50)), ("p99-ms", .double(result.p99)), ("worst-ms", .double(result.worst)),
            ("probes", .int(Int64(result.probes))),
        ])
    }
}
