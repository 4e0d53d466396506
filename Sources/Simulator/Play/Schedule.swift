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
    private static let patience: UInt64 = 120_000_000_000
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
        let errands = Errands(world, executor: executor, until: { application.isFinished })
        errands.start()
        world.strike = { faults.strike($0, $1, executor) }
        _ = world.time.play(until: patience) { application.isFinished }
        world.strike = nil
        let quiet = settle(world)
        var violations = world.violations + crew.failures.map { "a worker gave up: \($0)" }
        violations += RestCheck(world).violations
        if !quiet { violations.append("not at rest after \(patience / 1_000_000) ms: \(unfinished(world))") }
        crew.stopAll()
        _ = world.time.play(until: world.time.now + patience) { crew.running == 0 && errands.running == 0 }
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
        // Whoever took the cache over died before it had removed what the other graph left: another one will.
        let isSettled = world.redis.model.record?.fingerprints.values.allSatisfy { !$0.hasPrefix("?") } ?? true
        let graph = isSettled ? [] : ["another graph's keys are to be removed"]
        let old = world.database.oldPrimaryAnswers ? ["an old primary still answers"] : []
        let orders = world.redis.model.record?.notes.keys.filter { $0.hasPrefix("move:") }.sorted() ?? []
        return pending + graph + old + orders
            + world.kafka.partitions.compactMap { partition in
                let end = world.kafka.ends[Int(partition.number)]
                let committed = world.kafka.committed[partition] ?? 0
                let checkpoint = checkpoints[partition]?.offset ?? 0
                // Whoever found PostgreSQL changed wrote it down; whoever has the partition recovers it yet.
                if let known = world.redis.model.record?.history, let its = checkpoints[partition]?.history,
                    its.isOlder(than: known)
                {
                    return "\(partition) was applied in \(its), and PostgreSQL is at \(known)"
                }
                return committed >= end && checkpoint >= end
                    ? nil : "\(partition) end \(end) committed \(committed) checkpoint \(checkpoint)"
            }
    }
}
