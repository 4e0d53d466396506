import FreshetCore

/// Everything outside the workers: time, Kafka, PostgreSQL, Redis, and what the schedule is like.
///
/// Confined to the playing thread, see `SimTime`.
final class SimWorld: @unchecked Sendable {
    let plan: SchedulePlan
    let time: SimTime
    let kafka: SimKafka
    let database: SimDatabase
    let redis: SimRedis
    let graph: Graph
    private(set) var trace: [String] = []

    init(_ plan: SchedulePlan, executor: SimExecutor) {
        self.plan = plan
        time = SimTime(seed: plan.seed, executor: executor)
        kafka = SimKafka(
            topic: "changes", partitions: plan.partitions, sessionTimeout: 400_000_000, time: time)
        database = SimDatabase(time: time)
        redis = SimRedis(defences: plan.defences, time: time)
        graph = SimGraph.make(plan)
    }

    func note(_ text: @autoclosure () -> String) {
        guard plan.traces else { return }
        trace.append("\(time.now / 1_000)µs \(text())")
    }

    /// The time that one step of a call takes: mostly short, now and then very long, slower on slow lanes.
    func latency(_ slowness: Int) -> UInt64 {
        let base = UInt64(50_000 + time.below(1_500_000))
        let stretch: UInt64 = time.chance(4) ? UInt64(5 + time.below(60)) : 1
        return base * stretch * UInt64(slowness)
    }
}
