import CommandKit

/// All figures of a run. Absolute rates say more about the machine than about the product: the ratios are what to read.
package struct BenchReport: Sendable {
    /// What the parts reach alone.
    package enum Limit: String, CaseIterable, Sendable {
        case consumeMany = "raw consume, many"
        case consumeUnique = "raw consume, unique"
        case decode = "raw decode"
        case dependants = "raw dependants"
        case read = "raw read = any"
        case unlink = "raw UNLINK"
        case set = "raw SET EX"
        case fencedUnlink = "fenced script, UNLINK"
        case fencedWrite = "fenced script, SET"

        var unit: String {
            switch self {
            case .consumeMany, .consumeUnique, .decode: "events/s"
            case .dependants, .read: "entities/s"
            case .unlink, .set, .fencedUnlink, .fencedWrite: "keys/s"
            }
        }
    }

    /// CPU seconds per million units, and the rate; of the product also its memory.
    struct Entry: Sendable {
        var rate: Figure
        var worker = Figure("CPU s/M")
        var redis = Figure("CPU s/M")
        var postgres = Figure("CPU s/M")
        var memory = Figure("MiB")

        init(_ unit: String) { rate = Figure(unit) }

        mutating func add(_ lap: Lap) {
            rate.add(lap.rate)
            worker.add(lap.perMillion(lap.worker))
            redis.add(lap.perMillion(lap.redis))
            postgres.add(lap.perMillion(lap.postgres))
            lap.memory.map { memory.add($0) }
        }

        var json: JSON {
            .object([
                ("rate", rate.json), ("worker", worker.json), ("redis", redis.json), ("postgres", postgres.json),
                ("memory", memory.samples.isEmpty ? .null : memory.json),
            ])
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

    let plan: BenchPlan
    let broker: String
    private(set) var limits: [Limit: Entry] = [:]
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

    package mutating func add(limit: Limit, _ lap: Lap) { limits[limit, default: Entry(limit.unit)].add(lap) }
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

    /// How many times as long as reading the topic its replay takes.
    package func replayTimes(_ bench: BenchCase) -> Double? {
        guard let replay = replays[bench], let raw = rawReplays[bench] else { return nil }
        return raw.rate.median / max(replay.rate.median, 1e-9)
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

    /// The same against a consumer's one thread, as the product's other figures are.
    package func replayTimesOfConsume(_ bench: BenchCase) -> Double? {
        guard let replay = replays[bench], let consume = limits[.consumeMany] else { return nil }
        return consume.rate.median / max(replay.rate.median, 1e-9)
    }

    func rate(of bench: BenchCase) -> Double { cases[bench]?.rate.median ?? 0 }

    /// The slowest part that such an event has to go through, in events a second.
    func bottleneck(_ bench: BenchCase) -> (name: String, rate: Double)? {
        func rate(_ limit: Limit) -> Double { limits[limit]?.rate.median ?? .infinity }
        guard bench.isUsual else { return nil }
        guard bench.isUnique else { return (Limit.consumeMany.rawValue, rate(.consumeMany)) }
        let own = bench.mode == .refresh ? 1 / rate(.fencedWrite) : 1 / rate(.fencedUnlink)
        let fenced = 1 / (own + Double(bench.fanOut) / rate(.fencedUnlink))
        var stages = [
            (Limit.consumeUnique.rawValue, rate(.consumeUnique)), (Limit.decode.rawValue, rate(.decode)),
            (Limit.dependants.rawValue, rate(.dependants)), ("fenced script, \(1 + bench.fanOut) keys", fenced),
        ]
        if bench.mode == .refresh { stages.append((Limit.read.rawValue, rate(.read))) }
        return stages.min { $0.1 < $1.1 }
    }

    /// Of every case, by name, the product's rate as a part of its slowest part's.
    package var ratios: [(bench: BenchCase, part: String, ratio: Double)] {
        plan.cases.compactMap { bench in
            bottleneck(bench).map { (bench, $0.name, rate(of: bench) / $0.rate) }
        }
    }
}
