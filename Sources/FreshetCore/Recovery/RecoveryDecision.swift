/// What is done with one partition. A value: the coordinator performs it, logs it and counts it.
package struct RecoveryDecision: Hashable, Sendable {
    package enum Start: Hashable, Sendable {
        case offset(Int64)
        /// The end as noted before the invalidation.
        case notedEnd
        /// The first record at or after this time, in milliseconds since 1970.
        case timestamp(Int64)
        /// Not at all: the worker stops and says why.
        case halt
    }

    package var found: RecoveryClass
    package var strategy: RecoveryStrategy
    package var start: Start
    /// Records are skipped, or effects were lost that no record will bring again: every kind that the topic can reach
    /// is invalidated, floor first.
    package var invalidates: Bool
    /// `offsets reset` says where to go on, whatever was found.
    package var isOrdered = false
    /// What `behind` was decided by.
    package var estimate: BacklogEstimate?

    /// `timestamp` is where the strategies by time begin.
    package static func decide(
        _ facts: PartitionFacts, lagBound: Int64?, strategies: [RecoveryClass: RecoveryStrategy], timestamp: Int64
    ) -> RecoveryDecision {
        let found = RecoveryClass.of(facts, lagBound: lagBound)
        let strategy = strategies[found] ?? found.strategies[0]
        let (start, invalidates) = start(strategy, found, facts, timestamp)
        return RecoveryDecision(found: found, strategy: strategy, start: start, invalidates: invalidates)
    }

    /// Goes on where somebody says. What was lost beside that is invalidated as it would be without the order.
    package static func ordered(_ offset: Int64, _ facts: PartitionFacts) -> RecoveryDecision {
        let found = RecoveryClass.of(facts, lagBound: nil)
        let isLoss = [.truncated, .history, .cacheLost].contains(found)
        let start = min(max(offset, facts.low), facts.high)
        return RecoveryDecision(
            found: isLoss ? found : .moved, strategy: .follow, start: .offset(start),
            invalidates: isLoss || start > facts.applied || (found == .missing && start > 0), isOrdered: true)
    }

    /// Whether it must be known first what it costs: a rebuild over a backlog is worth it only where it is cheaper.
    package var wantsEstimate: Bool { found == .behind && strategy == .rebuild && estimate == nil }

    /// The cheaper of a rebuild and going on.
    package func weighed(_ estimate: BacklogEstimate, _ facts: PartitionFacts) -> RecoveryDecision {
        guard wantsEstimate else { return self }
        var weighed = self
        weighed.estimate = estimate
        if !estimate.favoursRebuild {
            weighed.strategy = .continue
            (weighed.start, weighed.invalidates) = Self.start(.continue, found, facts, 0)
        }
        return weighed
    }

    /// Offsets that were not applied and lie before where it goes on. The committed offset may lag behind the
    /// checkpoint, or have been moved: what is applied is not skipped.
    package func skipped(_ facts: PartitionFacts, start: Int64) -> Int64 {
        max(0, start - (found == .truncated ? facts.low : facts.applied))
    }

    private static func start(
        _ strategy: RecoveryStrategy, _ found: RecoveryClass, _ facts: PartitionFacts, _ timestamp: Int64
    ) -> (Start, invalidates: Bool) {
        switch strategy {
        case .earliest:
            // What the topic has dropped can't be applied again; one that begins at 0 has dropped nothing.
            (.offset(facts.low), facts.low > 0 || found == .truncated)
        case .latest, .rebuild:
            (.notedEnd, true)
        case .timestamp, .rewind:
            (.timestamp(timestamp), true)
        case .checkpoint:
            (
                .offset(max(facts.checkpoint?.offset ?? facts.low, facts.low)),
                (facts.checkpoint?.offset ?? 0) < facts.low
            )
        case .follow:
            (.offset(facts.committed ?? facts.resume), false)
        case .continue:
            (.offset(facts.resume), false)
        case .halt:
            (.halt, false)
        }
    }
}
