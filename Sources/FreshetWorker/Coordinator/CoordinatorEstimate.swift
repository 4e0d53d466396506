import FreshetCore

/// What `behind` chooses by.
extension Coordinator {
    /// Where a backlog would be rebuilt over: once it is known what either costs, the cheaper one is done. The first
    /// estimate of a recovery stands, however often that begins anew.
    func weigh(
        _ starts: inout [Partition: (decision: RecoveryDecision, facts: PartitionFacts)]
    ) async throws(Fault) {
        var topics: [Int: [Partition]] = [:]
        for (partition, start) in starts where start.decision.wantsEstimate {
            if let topic = topic(of: partition) { topics[topic, default: []].append(partition) }
        }
        for (topic, partitions) in topics {
            let known = partitions.lazy.compactMap { self.estimates[$0] }.first
            let backlog = partitions.reduce(Int64(0)) { $0 + (starts[$1]?.facts.backlog ?? 0) }
            let estimate: BacklogEstimate
            if let known { estimate = known } else { estimate = try await self.estimate(backlog, topic) }
            for partition in partitions {
                estimates[partition] = estimate
                guard let start = starts[partition] else { continue }
                starts[partition]?.decision = start.decision.weighed(estimate, start.facts)
            }
        }
    }

    private func estimate(_ backlog: Int64, _ topic: Int) async throws(Fault) -> BacklogEstimate {
        var rows: Int64 = 0
        for statement in BacklogEstimate.statements(graph, topic: topic) { rows += try parts.rows(statement) }
        let recovery = settings.recoveryPerTopic[graph.topics[topic].name] ?? settings.recovery
        return BacklogEstimate(records: backlog, rows: rows, settings: recovery, measured: pace.best)
    }

    /// What was invalid is gone, and everything goes on: said with the time since it was noticed.
    func sayRebuilt(_ starts: [Partition: (decision: RecoveryDecision, facts: PartitionFacts)]) {
        let rebuilt = starts.values.filter(\.decision.invalidates)
        let since = recoveringSince
        recoveringSince = nil
        guard !rebuilt.isEmpty, let since else { return }
        let found = Set(rebuilt.map(\.decision.found))
        listener.heard(
            .rebuilt(
                found: RecoveryClass.allCases.filter(found.contains), partitions: rebuilt.count,
                milliseconds: Int64((surroundings.now() - since) / 1_000_000)))
    }
}
