import CommandKit
import FreshetConfig
import FreshetCore
import Wiring

/// Rounds of everything, one after the other, so that the machine's noise hits all alike.
package final class BenchRun {
    private let plan: BenchPlan
    private let servers: BenchServers
    private let stop: @Sendable () -> Bool
    private let say: (String) -> Void
    private var report: BenchReport
    private var lap = 0

    package init(
        _ plan: BenchPlan, kafka: String, kit: String?, stop: @escaping @Sendable () -> Bool,
        say: @escaping (String) -> Void
    ) throws {
        self.plan = plan
        self.stop = stop
        self.say = say
        say("starting Redis, PostgreSQL and a broker (\(kafka))")
        servers = try BenchServers(plan, kafka: kafka, kit: kit)
        report = BenchReport(plan, broker: servers.broker.name)
    }

    package func play() async throws -> BenchReport {
        defer { servers.stop() }
        for bench in plan.cases {
            try servers.prepare(bench, plan)
            _ = try servers.fill(bench, plan)
        }
        for round in 1...plan.rounds {
            say("round \(round) of \(plan.rounds)")
            if stop() { throw CommandFailure(.interrupted, "Stopped: nothing is reported of a part of a run.") }
            if !plan.cases.isEmpty { try await limits(round) }
            for bench in plan.cases { try await product(bench, round) }
            for rows in plan.warmRows { try await warm(rows, round) }
        }
        for bench in plan.cases where bench.isUsual && bench.isUnique { try await latency(bench) }
        return report
    }

    private func warm(_ rows: Int, _ round: Int) async throws {
        if stop() { throw CommandFailure(.interrupted, "Stopped: nothing is reported of a part of a run.") }
        if round == 1 { try WarmLap.prepare(rows, servers) }
        let result = try await WarmLap(
            servers: servers, rows: rows, seconds: plan.limitSeconds, name: "\(rows)-\(round)"
        ).run()
        report.add(result)
        say("warm, \(rows) rows: \(Int(result.warm)) a second, \(Int(result.memory)) MiB")
    }

    private func limits(_ round: Int) async throws {
        let usual = BenchCase().with { $0.isUnique = true }
        let keys = plan.entities(of: usual) * usual.fanOut
        let graph = try GraphFile.load(
            path: servers.write(BenchTables.graph(usual, topic: usual.topic), "graph-limits.yaml")
        ).graph
        let kafka = KafkaLimits(servers: servers, graph: graph)
        for bench in [usual, usual.with { $0.isUnique = false }] {
            let laps = try await kafka.consumeAndDecode(bench, events: servers.fill(bench, plan), lap: round)
            report.add(limit: bench.isUnique ? .consumeUnique : .consumeMany, laps.consume)
            report.add(limit: .decode, laps.decode)
        }
        try servers.fillCache(usual, plan)
        let redis = RedisLimits(servers: servers, namespace: graph.namespace, seconds: plan.limitSeconds)
        report.add(limit: .unlink, try redis.unlink(keys))
        report.add(limit: .set, try redis.set(keys, bytes: usual.documentBytes))
        report.add(limit: .fencedWrite, try await redis.fenced(keys, bytes: usual.documentBytes))
        report.add(limit: .fencedUnlink, try await redis.fenced(keys, bytes: nil))
        let postgres = PostgresLimits(servers: servers, graph: graph, seconds: plan.limitSeconds)
        report.add(limit: .read, try await postgres.read(plan.entities(of: usual)))
        report.add(limit: .dependants, try await postgres.dependants(plan.entities(of: usual)))
    }

    private func product(_ bench: BenchCase, _ round: Int) async throws {
        lap += 1
        try servers.fillCache(bench, plan)
        let events = try servers.fill(bench, plan)
        let worker = try BenchWorker(bench, topic: bench.topic, servers, lap: "\(lap)")
        let result = try await worker.workOff(events)
        try worker.finish(verify: round == 1)
        report.add(bench, result)
        say("\(bench.name): \(Int(result.rate)) events/s")
        if bench.isUsual, !bench.isUnique { try replay(bench, worker, events) }
    }

    /// Behind the worker, whose control record it needs.
    private func replay(_ bench: BenchCase, _ worker: BenchWorker, _ events: Int) throws {
        let replay = BenchReplay(bench: bench, config: worker.config, log: "\(worker.log).replay", servers: servers)
        for _ in 0..<3 {
            report.add(replay: bench, raw: try replay.lap(isRaw: true, events: events))
            report.add(replay: bench, try replay.lap(isRaw: false, events: events))
        }
        guard let times = report.replayTimes(bench) else { return }
        say("replay of \(bench.name): \(BenchReport.number(times, 2)) times as long as reading alone")
    }

    private func latency(_ bench: BenchCase) async throws {
        let highest = report.rate(of: bench)
        for load in plan.loads {
            if stop() { throw CommandFailure(.interrupted, "Stopped: nothing is reported of a part of a run.") }
            lap += 1
            let rate = max(100, highest * load)
            let result = try await LatencyLap(
                bench: bench, plan: plan, servers: servers, rate: rate, name: "\(lap)"
            ).run()
            report.add(bench, load: load, result)
            say("\(bench.name) at \(Int(rate)) events/s: p50 \(result.p50) ms, p99 \(result.p99) ms")
        }
    }
}

extension BenchCase {
    /// Nothing about it is varied.
    var isUsual: Bool { self == BenchCase().with { ($0.mode, $0.isUnique) = (mode, isUnique) } }
}
