import FreshetCore

/// What a schedule came to.
package struct ScheduleResult: Sendable {
    package var seed: UInt64
    /// Cached values that differ from their read model at rest, and other broken promises.
    package var violations: [String]
    package var trace: [String]
    package var steps: Int
    package var virtualMilliseconds: UInt64
}

/// Plays one schedule from its plan to the check at rest.
package struct Schedule {
    /// Virtual nanoseconds by which everything must be at rest after the application has finished.
    private static let patience: UInt64 = 60_000_000_000
    /// Nothing may be owed for this long before it counts as rest: two looks of an idle lane, at its slowest.
    private static let rest: UInt64 = 1_500_000_000

    package static func play(_ plan: SchedulePlan) -> ScheduleResult {
        let executor = SimExecutor()
        let world = SimWorld(plan, executor: executor)
        let application = Application(world)
        application.seed()
        let crew = Crew(world, executor: executor)
        for _ in 0..<plan.workers { crew.start() }
        let faults = Faults(world, crew, application)
        Task(executorPreference: executor) { await application.run() }
        Task(executorPreference: executor) { await faults.run() }
        for _ in 0..<plan.readers {
            Task(executorPreference: executor) { await Reader(world, application).run() }
        }
        _ = world.time.play(until: patience) { application.isFinished }
        let quiet = settle(world)
        var violations = check(world, crew)
        if !quiet { violations.append("not at rest after \(patience / 1_000_000) ms: \(unfinished(world))") }
        crew.stopAll()
        _ = world.time.play(until: world.time.now + patience) { crew.running == 0 }
        world.time.release()
        return ScheduleResult(
            seed: plan.seed, violations: violations, trace: world.trace, steps: world.time.steps,
            virtualMilliseconds: world.time.now / 1_000_000)
    }

    /// Everything is mended; plays until every partition has been applied and committed to its end for a while.
    private static func settle(_ world: SimWorld) -> Bool {
        let limit = world.time.now + patience
        var since: UInt64?
        while world.time.now < limit {
            let step = world.time.now + 100_000_000
            _ = world.time.play(until: step) { false }
            world.time.advance(to: step)
            guard unfinished(world).isEmpty else {
                since = nil
                continue
            }
            if since == nil { since = world.time.now }
            if let since, world.time.now - since >= rest { return true }
        }
        return false
    }

    private static func unfinished(_ world: SimWorld) -> [String] {
        let checkpoints = world.redis.lastCheckpoints
        let owed = world.redis.model.record?.pending.count ?? 0
        let pending = owed == 0 ? [] : ["\(owed) effects are owed"]
        return pending
            + world.kafka.partitions.compactMap { partition in
                let end = world.kafka.ends[Int(partition.number)]
                let committed = world.kafka.committed[partition] ?? 0
                let checkpoint = checkpoints[partition]?.offset ?? 0
                return committed >= end && checkpoint >= end
                    ? nil : "\(partition) end \(end) committed \(committed) checkpoint \(checkpoint)"
            }
    }

    private static func check(_ world: SimWorld, _ crew: Crew) -> [String] {
        var violations = crew.failures.map { "a worker gave up: \($0)" }
        let truth = Dictionary(world.truth().map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        for (key, value) in world.redis.model.values.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let key = String(decoding: key, as: UTF8.self)
            if key.hasPrefix("v1:freshet:") { continue }
            let cached = String(decoding: value.bytes, as: UTF8.self)
            if truth[key] != cached {
                violations.append("stale: \(key) is cached as '\(cached)', its read model is '\(truth[key] ?? "gone")'")
            }
        }
        violations += account(world)
        // A change whose row is gone again, or was lost by a failover, never comes to its read model.
        let mayMiss = world.plan.hasGates
        if !world.kafka.letters.isEmpty && !mayMiss {
            violations.append("\(world.kafka.letters.count) good events became letters")
        }
        return violations
    }

    /// Where Redis never lost its memory, the counts beside the checkpoints add up to the records of the topic.
    private static func account(_ world: SimWorld) -> [String] {
        let forgetting: Set<SimFault> = [.flush, .restart, .failover, .databaseFailover]
        guard world.plan.faults.isDisjoint(with: forgetting) else { return [] }
        return world.redis.lastCheckpoints.compactMap { partition, checkpoint in
            let records = world.kafka.logs[Int(partition.number)].count
            return checkpoint.counts.total == Int64(records)
                ? nil : "\(partition) has \(records) records, and \(checkpoint.counts) were counted"
        }
    }
}
