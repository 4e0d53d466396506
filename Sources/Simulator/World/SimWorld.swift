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
    /// What workers follow: a deploy changes from one to the other.
    let graphs: [Graph]
    private let prints: [GraphPrints]
    private(set) var trace: [String] = []
    /// Promises broken on the way, not only at rest.
    private(set) var violations: [String] = []
    /// Plays a fault, if it can on this process; nil once the application has finished.
    var strike: ((SimFault, SimProcess?) -> Void)?

    init(_ plan: SchedulePlan, executor: SimExecutor) {
        self.plan = plan
        time = SimTime(seed: plan.seed, executor: executor)
        kafka = SimKafka(
            topic: "changes", partitions: plan.partitions, sessionTimeout: 400_000_000, time: time)
        database = SimDatabase(time: time)
        let touches = TouchBounds(entries: plan.touches, bytes: plan.touches * 8)
        redis = SimRedis(defences: plan.defences, copies: plan.copies, touches: touches, time: time)
        graphs = [0, 1].map { SimGraph.make(plan, generation: $0) }
        prints = graphs.map { GraphPrints($0) }
    }

    /// The graph that works with the cache.
    var generation: Int { redis.model.record?.marks[Revision.graph]?.holder == prints[1].name ? 1 : 0 }

    /// What a process shows when it asks for a ticket.
    func print(of process: SimProcess) -> String {
        plan.defences.contains(.oneGraph) ? prints[process.generation].name : ""
    }

    /// How often those who wait for something look; seldom once nothing new comes: half of all steps were such looks.
    func pollInterval(_ nanoseconds: UInt64) -> UInt64 { strike == nil ? nanoseconds * 20 : nanoseconds }

    func note(_ text: @autoclosure () -> String) {
        guard plan.traces else { return }
        trace.append("\(time.now / 1_000)µs \(text())")
    }

    /// A committed offset may never be ahead of what was applied at any time.
    func checkCommit(_ offsets: [Partition: Int64]) {
        for (partition, offset) in offsets.sorted(by: { $0.key < $1.key })
        where kafka.committed[partition] == offset && offset > redis.reached[partition] ?? 0 {
            violations.append(
                "\(partition) is committed to \(offset), and applied to \(redis.reached[partition] ?? 0)")
        }
    }

    func report(_ violation: String) { violations.append(violation) }

    /// Whoever comes to this moment may meet a fault here, and be held up.
    func ambush(_ moment: Ambush.Moment, _ process: SimProcess?) async {
        for ambush in plan.ambushes where ambush.moment == moment {
            guard let strike, time.chance(ambush.percent) else { continue }
            if !ambush.faults.isEmpty {
                let fault = ambush.faults[time.below(ambush.faults.count)]
                note("ambush \(moment.rawValue): \(fault.rawValue)")
                strike(fault, process)
            }
            let stall = ambush.stall.lowerBound + time.below(ambush.stall.count)
            note("\(process.map { "\($0.number)" } ?? "a reader") is held up for \(stall) ms \(moment.rawValue)")
            if ambush.stopsProcess { process?.stoppedUntil = time.now + UInt64(stall) * 1_000_000 }
            await time.sleep(UInt64(stall) * 1_000_000, in: process)
        }
    }

    /// The time that one step of a call takes: mostly short, now and then very long, slower on slow lanes.
    func latency(_ slowness: Int) -> UInt64 {
        let base = UInt64(50_000 + time.below(1_500_000))
        let stretch: UInt64 = time.chance(4) ? UInt64(5 + time.below(60)) : 1
        return base * stretch * UInt64(slowness)
    }
}
