import FreshetCore

/// Taking partitions up: look, decide, recover, seat.
extension Coordinator {
    /// False where it must wait for another worker, or make way for news of the group.
    func start(_ partitions: [Partition]) async throws(Fault) -> Bool {
        // The ends are noted before anything is invalidated: what comes after them is applied.
        let now = surroundings.wallClock()
        let committed = try await parts.group.committed(partitions)
        var ends = try await parts.group.watermarks(partitions)
        try await lookForSetBack()
        let answered = try await parts.models.position().history
        let view = try await record(partitions, answered)
        guard let record = view.record else {
            throw Fault(.redis, .protocolViolation, "the control record went away while it was being made")
        }
        saw(view)
        let history = answered.counted(like: record.history)
        try check(record, history)
        guard try await settleGraph() else { return false }

        var behind: [Partition] = []
        for partition in partitions {
            guard let noted = ends[partition] else { continue }
            if self.noted[partition]?.belongs(to: view) != true {
                self.noted[partition] = Noted(noted.high, view, time: now)
            }
            // Others may have gone on between the two looks: only an end that is read afterwards can tell a shorter
            // topic.
            let place = max(record.checkpoints[partition]?.offset ?? 0, committed[partition] ?? 0)
            if place > noted.high { behind.append(partition) }
        }
        if !behind.isEmpty { ends.merge(try await parts.group.watermarks(behind)) { $1 } }
        let replaced = try await replacedTopics(record.checkpoints, ends)
        let told = try await told(of: partitions)
        var starts: [Partition: (decision: RecoveryDecision, facts: PartitionFacts)] = [:]
        for partition in partitions {
            guard let end = ends[partition] else { continue }
            let recovery = settings.recoveryPerTopic[partition.topic] ?? settings.recovery
            let facts = PartitionFacts(
                committed: committed[partition], low: end.low, high: end.high,
                checkpoint: record.checkpoints[partition], isOtherTopic: replaced.contains(partition),
                history: history, recordedHistory: record.history)
            starts[partition] = (
                told.orders[partition].map { RecoveryDecision.ordered($0.offset, facts) }
                    ?? RecoveryDecision.decide(
                        facts, lagBound: recovery.lagBound, strategies: recovery.strategies,
                        timestamp: surroundings.wallClock() - recovery.rewind), facts
            )
        }
        try await weigh(&starts)
        guard try await perform(starts, view.process, record, history, told) else { return false }
        unproved.subtract(partitions)
        for partition in partitions {
            self.noted[partition] = nil
            said[partition] = nil
            estimates[partition] = nil
        }
        sayRebuilt(starts)
        return true
    }

    /// One look; where Redis has no control record, a new one is made.
    private func record(_ partitions: [Partition], _ history: History) async throws(Fault) -> ControlView {
        let view = try await parts.cache.look(partitions)
        if view.record != nil { return view }
        let incarnation = String(surroundings.random(), radix: 16) + String(surroundings.random(), radix: 16)
        return try await parts.cache.establish(incarnation: incarnation, owner: settings.owner, history: history)
    }

    private func check(_ record: ControlView.Record, _ history: History) throws(Fault) {
        if record.owner != settings.owner {
            throw Fault(
                .redis, .misconfigured,
                "the keys under this prefix belong to deployment '\(record.owner)', and this worker is "
                    + "'\(settings.owner)': give it a prefix of its own, or the same deployment name")
        }
        if history.isOlder(than: record.history) {
            parts.models.disconnect()
            throw Fault(
                .postgres, .notPrimary,
                "PostgreSQL answers in timeline \(history.timeline), but timeline \(record.history.timeline) was seen: "
                    + "an old primary")
        }
    }

    /// Partitions of topics that were deleted and made again. The record before the checkpoint is read again where it
    /// still exists: for all together, and only on assignment and where the log was out of range, because a topic can't
    /// be replaced without one of them.
    private func replacedTopics(
        _ checkpoints: [Partition: Checkpoint], _ ends: [Partition: (low: Int64, high: Int64)]
    ) async throws(Fault) -> Set<Partition> {
        let known = checkpoints.filter { partition, checkpoint in
            guard let end = ends[partition], unproved.contains(partition) else { return false }
            return checkpoint.canBeChecked(low: end.low, high: end.high)
        }
        let last = try await parts.group.records(at: known.mapValues { $0.offset - 1 })
        return Set(known.filter { last[$0].map($1.recognises) == false }.keys)
    }

    /// A checkpoint that is set where no batch ended knows the record before it too: without it a topic that is made
    /// again while there is no traffic would pass for the old one as soon as it has grown.
    private func identify(_ revision: inout Revision, lows: [Partition: Int64]) async throws(Fault) {
        let unknown = revision.checkpoints.filter { $1.hash == 0 && $1.offset > lows[$0] ?? 0 }
        guard !unknown.isEmpty else { return }
        for (partition, record) in try await parts.group.records(at: unknown.mapValues { $0.offset - 1 }) {
            revision.checkpoints[partition]?.timestamp = record.timestamp
            revision.checkpoints[partition]?.hash = RecordHash.of(record)
        }
    }

    private func perform(
        _ starts: [Partition: (decision: RecoveryDecision, facts: PartitionFacts)], _ process: String,
        _ record: ControlView.Record, _ history: History, _ told: Told
    ) async throws(Fault) -> Bool {
        var revision = Revision(process: process, incarnation: record.incarnation)
        if record.history != history {
            revision.history = history
            revision.forceHistory = record.history.system != history.system
        }
        var seats: [(partition: Partition, offset: Int64, counted: Int64)] = []
        var lowered: [Partition: Int64] = [:]
        for (partition, start) in starts.sorted(by: { $0.key < $1.key }) {
            let offset = try await offset(partition, start.decision, start.facts)
            noted[partition]?.skip(to: offset, time: surroundings.wallClock())
            note(partition, start, at: offset, told, in: &revision)
            let stored = start.facts.checkpoint
            if start.decision.setsCheckpoint(stored, offset: offset, history: history) {
                var checkpoint =
                    stored
                    ?? Checkpoint(offset: offset, timestamp: -1, hash: 0, history: history, counts: OutcomeCounts())
                // What a new history makes apply again was counted before. That it is to be applied again is what the
                // committed offset says from here on: it must outlive this worker.
                let next = start.decision.found == .history ? max(offset, checkpoint.offset) : offset
                if next > offset, start.decision.ownCommit(start.facts, start: offset) == offset {
                    lowered[partition] = offset
                }
                if checkpoint.offset != next || start.decision.found == .truncated {
                    checkpoint.timestamp = -1
                    checkpoint.hash = 0
                }
                checkpoint.offset = next
                checkpoint.history = history
                checkpoint.committed = start.decision.ownCommit(start.facts, start: offset) ?? -1
                revision.checkpoints[partition] = checkpoint
                revision.seen[partition] = stored?.offset ?? -1
                seats.append((partition, offset, next))
            } else {
                seats.append((partition, offset, max(offset, stored?.offset ?? offset)))
                if start.decision.found == .moved {
                    revision.committed[partition] = start.decision.ownCommit(start.facts, start: offset)
                }
            }
        }
        let invalid = starts.filter { $0.value.decision.invalidates }.map(\.key)
        if !invalid.isEmpty && settings.defences.contains(.recoverySweep) {
            guard !waitsForProjections(starts) else { return false }
            try await waitForRunning(invalid, in: history)
            guard try await rebuild(invalid, starts, record, history) else { return false }
        }
        try await identify(&revision, lows: starts.mapValues(\.facts.low))
        // First: whoever finds the new history in the checkpoint takes up at the committed offset.
        if !lowered.isEmpty { try await parts.group.commit(lowered) }
        if revision.changesAnything {
            guard case .done = try await parts.cache.revise(revision) else { throw Self.movedOn }
        }
        try await finishOrders(seats.map { ($0.partition, $0.offset) }, starts, told, revision)
        try await seat(seats, starts)
        return true
    }

    private func offset(
        _ partition: Partition, _ decision: RecoveryDecision, _ facts: PartitionFacts
    ) async throws(Fault) -> Int64 {
        switch decision.start {
        case .offset(let offset): return offset
        case .notedEnd: return try await beforeGates(partition, facts)
        case .timestamp(let time):
            return max(facts.low, try await parts.group.offset(partition, at: time))
        case .halt:
            throw Fault(
                .kafka, .misconfigured,
                "\(partition) was found '\(decision.found.rawValue)' and its strategy is 'halt': "
                    + "see `freshet offsets describe`")
        }
    }

    /// What was announced but not yet projected when the end was noted is applied again: one gate's deadline earlier.
    private func beforeGates(_ partition: Partition, _ facts: PartitionFacts) async throws(Fault) -> Int64 {
        guard let noted = noted[partition] else { return facts.low }
        guard let deadline = graph.kinds.compactMap({ $0.gate?.deadline }).max() else { return noted.end }
        let offset = try await parts.group.offset(partition, at: noted.time - deadline)
        return max(facts.low, min(offset, noted.end))
    }

    private func seat(
        _ starts: [(partition: Partition, offset: Int64, counted: Int64)],
        _ decisions: [Partition: (decision: RecoveryDecision, facts: PartitionFacts)]
    ) async throws(Fault) {
        var placed: [Int: [Seat]] = [:]
        var forwards: [PartitionStart] = []
        for start in starts {
            let lane = places[start.partition]?.lane ?? lane(for: start.partition)
            let epoch = nextEpoch
            nextEpoch += 1
            let assignment = RecordBatch.Assignment(slot: slot(start.partition, lane), epoch: epoch)
            places[start.partition] = Place(lane: lane, assignment: assignment)
            let decided = decisions[start.partition]
            ledger.start(
                start.partition, epoch: epoch, at: start.offset,
                committed: decided.flatMap { $0.decision.ownCommit($0.facts, start: start.offset) })
            placed[lane, default: []].append(
                Seat(
                    partition: start.partition,
                    topic: topic(of: start.partition) ?? 0,
                    assignment: assignment, position: start.offset, countedFrom: start.counted))
            forwards.append(
                PartitionStart(
                    partition: start.partition, offset: start.offset, lane: lane, assignment: assignment))
        }
        for (lane, seats) in placed.sorted(by: { $0.key < $1.key }) {
            desks[lane].place(seats)
            wakes(lane)
        }
        try await parts.group.start(forwards)
    }

    /// Where the records came from first: a retry topic holds those of its source.
    func topic(of partition: Partition) -> Int? {
        graph.topics.firstIndex { $0.name == partition.topic || settings.retryTopic(of: $0.name) == partition.topic }
    }

    private func lane(for partition: Partition) -> Int {
        if settings.retry.rounds > 0, !graph.topics.contains(where: { $0.name == partition.topic }) {
            return settings.lanes
        }
        var load = Array(repeating: 0, count: settings.lanes)
        for place in places.values where place.lane < settings.lanes { load[place.lane] += 1 }
        return load.indices.min { load[$0] < load[$1] } ?? 0
    }

    /// The lowest slot of the lane that no other partition has.
    private func slot(_ partition: Partition, _ lane: Int) -> UInt32 {
        if let place = places[partition], place.lane == lane { return place.assignment.slot }
        let taken = Set(places.values.filter { $0.lane == lane }.map(\.assignment.slot))
        return (0...UInt32(taken.count)).first { !taken.contains($0) } ?? UInt32(taken.count)
    }
}

extension RecoveryDecision {
    /// Whether the stored checkpoint must be set anew: it is missing, above where we start without having to be applied
    /// again, or of another history.
    func setsCheckpoint(_ stored: Checkpoint?, offset: Int64, history: History) -> Bool {
        guard let stored else { return true }
        return stored.offset < offset || stored.history != history || found == .truncated
    }

    /// What counts as committed by us from here on. Where the offset is another topic's, any offset of this one is to
    /// be committed, however low.
    func ownCommit(_ facts: PartitionFacts, start: Int64) -> Int64? {
        if isOrdered { return start }
        if found == .truncated { return nil }
        // What is to be applied again lies before the checkpoint, so the committed offset must say it.
        if found == .history, let checkpoint = facts.checkpoint, start < checkpoint.offset {
            return min(start, facts.committed ?? start)
        }
        return facts.committed
    }
}
