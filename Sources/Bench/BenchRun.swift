import CommandKit
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
        let largest = plan.cases.map { plan.backlog(of: $0).events }.max() ?? 0
        if servers.broker.isEmbedded, largest > Self.embeddedEvents {
            throw CommandFailure(
                .usage,
                "The embedded broker keeps 5 MiB a partition, too little for \(largest) events: "
                    + "set FRESHET_TEST_KAFKA_KIT or give --kafka HOST:PORT.")
        }
        for bench in plan.cases {
            try servers.prepare(bench, plan)
            try servers.fill(plan.backlog(of: bench))
        }
        for round in 1...plan.rounds {
            say("round \(round) of \(plan.rounds)")
            try goOn()
            if plan.measuresParts {
                try BenchLimits(plan: plan, servers: servers, round: round).run { report.add(part: $0, $1) }
                say("the parts alone are measured")
            }
            for bench in plan.cases { try await product(bench, round) }
            for rows in plan.warmRows { try await warm(rows, round) }
        }
        for bench in plan.latencyCases { try await latency(bench) }
        return report
    }

    /// What fits into the partitions of the smallest topic.
    private static let embeddedEvents = 300_000

    private func goOn() throws {
        if stop() { throw CommandFailure(.interrupted, "Stopped: nothing is reported of a part of a run.") }
    }

    private func warm(_ rows: Int, _ round: Int) async throws {
        try goOn()
        if round == 1 { try WarmLap.prepare(rows, servers) }
        let result = try await WarmLap(
            servers: servers, rows: rows, seconds: plan.limitSeconds, name: "\(rows)-\(round)"
        ).run()
        report.add(result)
        say("warm, \(rows) rows: \(Int(result.warm)) a second, \(Int(result.memory)) MiB")
    }

    private func product(_ bench: BenchCase, _ round: Int) async throws {
        try goOn()
        lap += 1
        let backlog = plan.backlog(of: bench)
        try servers.fillCache(bench, entities: backlog.entities)
        let crew = try BenchCrew(bench, topic: backlog.topic, servers, lap: "\(lap)")
        var result = try await crew.workOff(backlog.events)
        result.refused = try crew.finish()
        if round == 1 { try crew.verify() }
        report.add(bench, result)
        say("\(bench.name): \(Int(result.rate)) events/s")
        if plan.measuresParts, bench.isUsual, !bench.isUnique { try replay(bench, crew, backlog) }
    }

    /// Behind the worker, whose control record it needs.
    private func replay(_ bench: BenchCase, _ crew: BenchCrew, _ backlog: BenchBacklog) throws {
        let replay = BenchReplay(
            bench: bench, topic: backlog.topic, config: crew.config, log: "\(crew.log).replay", servers: servers)
        for _ in 0..<3 {
            report.add(replay: bench, raw: try replay.lap(isRaw: true, events: backlog.events))
            report.add(replay: bench, try replay.lap(isRaw: false, events: backlog.events))
        }
        guard let times = report.replayTimes(bench) else { return }
        say("replay of \(bench.name): \(BenchReport.number(times, 2)) times as long as reading alone")
    }

    private func latency(_ bench: BenchCase) async throws {
        let highest = report.rate(of: bench)
        for load in plan.loads {
            try goOn()
            let number = report.latencies.count
            let rate = max(100, highest * load)
            let result = try await LatencyLap(
                bench: bench, plan: plan, servers: servers, rate: rate, topic: BenchServers.live(number),
                name: "live-\(number)"
            ).run()
            report.add(bench, load: load, result)
            let (p50, p99) = (BenchReport.number(result.p50, 1), BenchReport.number(result.p99, 1))
            say("\(bench.name) at \(Int(rate)) events/s: p50 \(p50) ms, p99 \(p99) ms")
        }
    }
}
