import FreshetCore

/// Taking partitions up: look, decide, recover, seat.
extension Coordinator {
    func start(_ partitions: [Partition]) async throws(Fault) {
        // The ends are noted before anything is invalidated: what comes after them is applied.
        let committed = try await parts.group.committed(partitions)
        var ends: [Partition: (low: Int64, high: Int64)] = [:]
        for partition in partitions { ends[partition] = try await parts.group.watermarks(partition) }
        let history = try await parts.models.position().history
        let view = try await record(partitions, history)
        guard let record = view.record else {
            throw Fault(.redis, .protocolViolation, "the control record went away while it was being made")
        }
        try check(record, history)

        var starts: [Partition: (decision: RecoveryDecision, facts: PartitionFacts)] = [:]
        let notedEnds = ends.mapValues(\.high)
        for partition in partitions {
            guard let noted = ends[partition] else { continue }
            let checkpoint = record.checkpoints[partition]
            let recovery = settings.recoveryPerTopic[partition.topic] ?? settings.recovery
            // Others may have gone on between the two looks: only an end that is read afterwards can tell a shorter
            // topic.
            let isBeyond = max(checkpoint?.offset ?? 0, committed[partition] ?? 0) > noted.high
            let end = isBeyond ? try await parts.group.watermarks(partition) : noted
            let facts = PartitionFacts(
                committed: committed[partition], low: end.low, high: end.high, checkpoint: checkpoint,
                isOtherTopic: try await isOtherTopic(partition, checkpoint, end), history: history,
                recordedHistory: record.history)
            starts[partition] = (
                RecoveryDecision.decide(
                    facts, lagBound: recovery.lagBound, strategies: recovery.strategies,
                    timestamp: surroundings.wallClock() - recovery.rewind), facts
            )
        }
        try await perform(starts, notedEnds, view.process, record, history)
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
                .kafka, .kafka(name: "_INVALID_ARG", fatal: true),
                "the keys under this prefix belong to deployment '\(record.owner)', and this worker is "
                    + "'\(settings.owner)': give it a prefix of its own, or the same deployment name")
        }
        if record.history.system == history.system && history.timeline < record.history.timeline {
            parts.models.disconnect()
            throw Fault(
                .postgres, .notPrimary,
                "PostgreSQL answers in timeline \(history.timeline), but timeline \(record.history.timeline) was seen: "
                    + "an old primary")
        }
    }

    /// The record before the checkpoint is read again where it still exists. Reading one record takes a second or two,
    /// so only on assignment: under a living one the topic can't be replaced without the log saying so.
    private func isOtherTopic(
        _ partition: Partition, _ checkpoint: Checkpoint?, _ end: (low: Int64, high: Int64)
    ) async throws(Fault) -> Bool {
        guard places[partition] == nil, let checkpoint, checkpoint.hash != 0, checkpoint.offset > end.low,
            checkpoint.offset <= end.high,
            let last = try await parts.group.record(partition, at: checkpoint.offset - 1)
        else { return false }
        return last.timestamp != checkpoint.timestamp || RecordHash.of(last) != checkpoint.hash
    }

    private func perform(
        _ starts: [Partition: (decision: RecoveryDecision, facts: PartitionFacts)], _ notedEnds: [Partition: Int64],
        _ process: String, _ record: ControlView.Record, _ history: History
    ) async throws(Fault) {
        var revision = Revision(process: process, incarnation: record.incarnation)
        if record.history != history {
            revision.history = history
            revision.forceHistory = record.history.system != history.system
        }
        var seats: [(partition: Partition, offset: Int64, counted: Int64)] = []
        for (partition, start) in starts.sorted(by: { $0.key < $1.key }) {
            let noted = notedEnds[partition] ?? start.facts.low
            let offset = try await offset(partition, start.decision, start.facts, noted)
            listener.heard(.decided(partition, start.decision, start: offset))
            let stored = start.facts.checkpoint
            if start.decision.setsCheckpoint(stored, offset: offset, history: history) {
                var checkpoint =
                    stored
                    ?? Checkpoint(offset: offset, timestamp: -1, hash: 0, history: history, counts: OutcomeCounts())
                if checkpoint.offset != offset {
                    checkpoint.timestamp = -1
                    checkpoint.hash = 0
                }
                checkpoint.offset = offset
                checkpoint.history = history
                revision.checkpoints[partition] = checkpoint
                seats.append((partition, offset, offset))
            } else {
                seats.append((partition, offset, max(offset, stored?.offset ?? offset)))
            }
        }
        let invalid = starts.filter { $0.value.decision.invalidates }.map(\.key)
        if !invalid.isEmpty && settings.defences.contains(.recoverySweep) {
            try await waitForRunning(invalid)
            try await invalidate(invalid, starts, record, history)
        }
        if !revision.checkpoints.isEmpty || revision.history != nil {
            guard case .done = try await parts.cache.revise(revision) else {
                throw Fault(.redis, .connectionLost, "Redis changed while partitions were recovered; looking again")
            }
        }
        try await seat(seats, starts)
    }

    private func offset(
        _ partition: Partition, _ decision: RecoveryDecision, _ facts: PartitionFacts, _ notedEnd: Int64
    ) async throws(Fault) -> Int64 {
        switch decision.start {
        case .offset(let offset): return offset
        case .notedEnd: return try await beforeGates(partition, facts, notedEnd)
        case .timestamp(let time):
            return max(facts.low, try await parts.group.offset(partition, at: time))
        case .halt:
            throw Fault(
                .kafka, .kafka(name: "_INVALID_ARG", fatal: true),
                "\(partition) was found '\(decision.found.rawValue)' and its strategy is 'halt': "
                    + "see `freshet offsets describe`")
        }
    }

    /// A captured event in the skipped part may announce a commit that is not visible yet: every transaction that runs
    /// now, after the ends were noted, must have ended before what it changed is invalidated.
    private func waitForRunning(_ partitions: [Partition]) async throws(Fault) {
        let captured = graph.topics.filter { $0.events == .capture }.map(\.name)
        guard
            settings.defences.contains(.rebuildWaits), partitions.contains(where: { captured.contains($0.topic) })
        else { return }
        let noted = try await parts.models.running()
        let deadline = surroundings.now() + UInt64(settings.visibilityDeadline) * 1_000_000
        var pause = Backoff(Backoff.Settings(initial: 5, cap: 200))
        while true {
            let now = try await parts.models.visibility(of: [])
            // Another server's transactions say nothing about these; the next recovery begins with that one.
            guard now.history == noted.history else {
                throw Fault(.postgres, .notPrimary, "PostgreSQL failed over while a rebuild waited for transactions")
            }
            if now.xmin >= noted.end { return }
            if surroundings.now() > deadline {
                throw Fault(
                    .postgres, .timeout,
                    "a rebuild waits for transactions that began before it: the oldest that runs has id \(now.xmin) "
                        + "(select * from pg_stat_activity where backend_xid is not null order by xact_start)")
            }
            await surroundings.sleep(milliseconds: pause.next(random: surroundings.random()))
        }
    }

    /// What was announced but not yet projected when the end was noted is applied again: one gate's deadline earlier.
    private func beforeGates(
        _ partition: Partition, _ facts: PartitionFacts, _ notedEnd: Int64
    ) async throws(Fault) -> Int64 {
        guard let deadline = graph.kinds.compactMap({ $0.gate?.deadline }).max() else { return notedEnd }
        let offset = try await parts.group.offset(partition, at: surroundings.wallClock() - deadline)
        return max(facts.low, min(offset, notedEnd))
    }

    /// Floor first, then scan and unlink; the checkpoints come afterwards.
    private func invalidate(
        _ partitions: [Partition], _ starts: [Partition: (decision: RecoveryDecision, facts: PartitionFacts)],
        _ record: ControlView.Record, _ history: History
    ) async throws(Fault) {
        var sweeps: Set<Sweep> = []
        for partition in partitions {
            // A new history may have lost commits of any topic.
            let everything = starts[partition]?.decision.found == .history
            for topic in graph.topics where everything || topic.name == partition.topic {
                for kind in graph.kinds(namedBy: topic) { sweeps.insert(.kind(kind)) }
            }
        }
        if history != record.history {
            var raise = Revision(process: "", incarnation: record.incarnation)
            raise.process = try await parts.cache.look([]).process
            raise.history = history
            raise.forceHistory = record.history.system != history.system
            _ = try await parts.cache.revise(raise)
        }
        try await parts.cache.requestTicket()
        guard let ticket = try await parts.cache.ticket(), ticket.incarnation == record.incarnation else {
            throw Fault(.redis, .connectionLost, "Redis lost its memory while partitions were recovered; looking again")
        }
        let patterns = graph.patterns(of: sweeps)
        switch try await Sweeper(parts.cache).sweep(patterns, ticket, history) {
        case .swept(let keys): listener.heard(.swept(patterns: patterns.count, keys: keys))
        case .refused:
            throw Fault(.redis, .connectionLost, "Redis changed while partitions were being recovered; looking again")
        }
    }

    private func seat(
        _ starts: [(partition: Partition, offset: Int64, counted: Int64)],
        _ decisions: [Partition: (decision: RecoveryDecision, facts: PartitionFacts)]
    ) async throws(Fault) {
        var placed: [Int: [Seat]] = [:]
        var forwards: [PartitionStart] = []
        for start in starts {
            let lane = places[start.partition]?.lane ?? freestLane()
            let epoch = nextEpoch
            nextEpoch += 1
            let assignment = RecordBatch.Assignment(slot: slot(start.partition, lane), epoch: epoch)
            places[start.partition] = Place(lane: lane, assignment: assignment)
            ledger.start(
                start.partition, epoch: epoch, at: start.offset, committed: decisions[start.partition]?.facts.committed)
            placed[lane, default: []].append(
                Seat(
                    partition: start.partition,
                    topic: graph.topics.firstIndex { $0.name == start.partition.topic } ?? 0,
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

    private func freestLane() -> Int {
        var load = Array(repeating: 0, count: desks.count)
        for place in places.values { load[place.lane] += 1 }
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
}
