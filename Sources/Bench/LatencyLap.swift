import CommandKit
import FreshetCore
import Glibc
import KafkaLink

/// How long an event takes, from the moment at which it was due to be sent until its key has changed, at a given rate.
///
/// Counted from when it was due: a sender that falls behind doesn't hide what the others waited (coordinated omission).
struct LatencyLap {
    let bench: BenchCase
    let plan: BenchPlan
    let servers: BenchServers
    /// Events a second.
    let rate: Double
    let topic: String
    let name: String

    struct Result {
        /// Milliseconds.
        var p50, p99, worst: Double
        var probes: Int
        /// Events a second that were really sent.
        var sent: Double
    }

    /// Events that are looked at, a second: the others are load.
    private static let probesPerSecond = 500.0
    private static let tick: UInt64 = 1_000_000

    func run() async throws -> Result {
        try servers.fillCache(bench, entities: plan.entities(of: bench), withDocuments: false)
        let crew = try BenchCrew(bench, topic: topic, servers, lap: name)
        let watch = KeyWatch(port: servers.redis.port)
        defer { watch.stop() }
        let (due, sent) = try send(watch)
        let end = MachineClock.now() + 30_000_000_000
        while try watch.awaited() > 0 && MachineClock.now() < end { usleep(20_000) }
        let (missing, seen) = (try watch.awaited(), watch.times)
        guard missing == 0 else {
            throw CommandFailure(.found, "\(bench.name): \(missing) events changed no key within 30 s")
        }
        _ = try crew.finish()
        let waits = due.map { item, time in Double(Int64(seen[item] ?? 0) - Int64(time)) / 1e6 }.sorted()
        return Result(
            p50: Self.quantile(waits, 0.5), p99: Self.quantile(waits, 0.99), worst: waits.last ?? .nan,
            probes: waits.count, sent: sent)
    }

    /// When each probe was due, and the rate that was reached. Probes have entities of their own, from the top down.
    private func send(_ watch: KeyWatch) throws -> (due: [Int: UInt64], rate: Double) {
        var settings = servers.broker.settings()
        settings.overrides["linger.ms"] = "0"
        let producer = try KafkaProducer(settings)
        let entities = plan.entities(of: bench)
        let every = max(1, Int(rate / Self.probesPerSecond))
        let probes = min(entities / 2, Int(rate * plan.latencySeconds) / every)
        var due: [Int: UInt64] = [:]
        let began = MachineClock.now()
        let warm = began + UInt64(plan.latencyWarmUp * 1e9)
        let end = warm + UInt64(plan.latencySeconds * 1e9)
        var sent = 0
        while true {
            let now = MachineClock.now()
            if now >= end { break }
            while Double(sent) < rate * Double(now - began) / 1e9 {
                let moment = began + UInt64(Double(sent) / rate * 1e9)
                let isProbe = sent % every == 0 && moment > warm && due.count < probes
                let entity = isProbe ? entities - due.count : 1 + sent % (entities / 2)
                if isProbe {
                    due[entity] = moment
                    watch.await(entity)
                }
                try producer.produce(
                    topic: topic, partition: Int32(entity % bench.partitions), key: nil,
                    value: BenchServers.event(entity))
                sent += 1
            }
            usleep(UInt32(Self.tick / 2_000))
        }
        let seconds = Double(MachineClock.now() - began) / 1e9
        try producer.flush(within: 60_000)
        return (due, Double(sent) / seconds)
    }

    private static func quantile(_ sorted: [Double], _ part: Double) -> Double {
        sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
    }
}
