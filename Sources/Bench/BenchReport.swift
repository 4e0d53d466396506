import CommandKit

/// All figures of a run. Absolute rates say more about the machine than about the product: the ratios are what to read.
package struct BenchReport: Sendable {
    /// CPU seconds per million units, and the rate; of the product also its memory and what was refused.
    struct Entry: Sendable {
        var rate: Figure
        var worker = Figure("CPU s/M")
        var redis = Figure("CPU s/M")
        var postgres = Figure("CPU s/M")
        var broker = Figure("CPU s/M")
        var memory = Figure("MiB")
        var refused = Figure("of all keys")

        init(_ unit: String) { rate = Figure(unit) }

        mutating func add(_ lap: Lap) {
            rate.add(lap.rate)
            worker.add(lap.perMillion(lap.worker))
            redis.add(lap.perMillion(lap.redis))
            postgres.add(lap.perMillion(lap.postgres))
            broker.add(lap.perMillion(lap.broker))
            lap.memory.map { memory.add($0) }
            lap.refused.map { refused.add($0) }
        }

        /// CPU seconds per million units in all processes, round by round.
        var allSamples: [Double] {
            rate.samples.indices.map {
                worker.samples[$0] + redis.samples[$0] + postgres.samples[$0] + broker.samples[$0]
            }
        }
    }

    /// `freshet warm` with so many rows.
    struct Warm: Sendable {
        var stream = Figure("rows/s")
        var fenced = Figure("keys/s")
        var warm = Figure("rows/s")
        var memory = Figure("MiB")
        /// Of the slower of the two, in the same round.
        var ratio = Figure("")
    }

    struct Latency: Sendable {
        var bench: BenchCase
        var load: Double
        var result: LatencyLap.Result
    }

    /// A case against the parts alone.
    package struct Ratio: Sendable {
        package var bench: BenchCase
        /// The slowest part, and the product's rate as a part of its.
        package var part: String
        package var ratio: Figure
        /// What the parts alone need of the machine's CPUs for as many events a second as the product does: its rate
        /// as a part of the rate at which the parts alone would keep all cores busy.
        package var ofCores: Figure
    }

    package let plan: BenchPlan
    let broker: String
    private(set) var parts: [BenchPart: Entry] = [:]
    private(set) var cases: [BenchCase: Entry] = [:]
    private(set) var latencies: [Latency] = []
    /// `freshet replay`, and the same that only reads.
    private(set) var replays: [BenchCase: Entry] = [:]
    private(set) var rawReplays: [BenchCase: Entry] = [:]
    private(set) var warms: [Int: Warm] = [:]

    package init(_ plan: BenchPlan, broker: String) {
        self.plan = plan
        self.broker = broker
    }

    package mutating func add(part: BenchPart, _ lap: Lap) {
        parts[part, default: Entry(part.work.unit)].add(lap)
    }

    package mutating func add(_ bench: BenchCase, _ lap: Lap) { cases[bench, default: Entry("events/s")].add(lap) }

    mutating func add(_ bench: BenchCase, load: Double, _ result: LatencyLap.Result) {
        latencies.append(Latency(bench: bench, load: load, result: result))
    }

    package mutating func add(replay bench: BenchCase, _ lap: Lap) {
        replays[bench, default: Entry("records/s")].add(lap)
    }
    package mutating func add(replay bench: BenchCase, raw lap: Lap) {
        rawReplays[bench, default: Entry("records/s")].add(lap)
    }

    mutating func add(_ lap: WarmLap.Result) {
        var warm = warms[lap.rows] ?? Warm()
        warm.stream.add(lap.stream)
        warm.fenced.add(lap.fenced)
        warm.warm.add(lap.warm)
        warm.memory.add(lap.memory)
        warm.ratio.add(lap.ratio)
        warms[lap.rows] = warm
    }

    /// How many times as long as reading the topic its replay takes.
    package func replayTimes(_ bench: BenchCase) -> Double? {
        guard let replay = replays[bench], let raw = rawReplays[bench] else { return nil }
        return raw.rate.median / max(replay.rate.median, 1e-9)
    }

    /// The same against a consumer, as the product's other figures are.
    package func replayTimesOfConsume(_ bench: BenchCase) -> Double? {
        guard let replay = replays[bench], let consume = parts[BenchPart(.consume, bench)] else { return nil }
        return consume.rate.median / max(replay.rate.median, 1e-9)
    }

    func rate(of bench: BenchCase) -> Double { cases[bench]?.rate.median ?? 0 }

    /// Of every case whose parts were measured, round by round.
    package var ratios: [Ratio] {
        plan.cases.compactMap { bench in
            let backlog = plan.backlog(of: bench)
            let share = Double(backlog.entities) / Double(backlog.events)
            guard let rates = cases[bench]?.rate.samples,
                let stages = BenchStages(bench, share: share, { parts[$0] })
            else { return nil }
            let slowest = stages.slowest
            return Ratio(
                bench: bench, part: slowest.name,
                ratio: Figure("", samples: zip(rates, slowest.seconds).map { $0 * $1 }),
                ofCores: Figure("", samples: zip(rates, stages.work).map { $0 * $1 / BenchStages.cores }))
        }
    }
}
