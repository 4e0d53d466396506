import FreshetCore

/// What the coordinator writes into the control record beside what recovery does.
extension Coordinator {
    func saw(_ view: ControlView) {
        control = view.record.map { (view.process, $0.incarnation) }
    }

    /// What was committed is noted beside the checkpoint, so that an offset moved by someone else is told from ours:
    /// one call after a commit, and always behind it. A crash in between leaves a note that is too low, by which a move
    /// may be missed but none is made up; where the note fails, it goes with the next one.
    func noteCommits() async {
        guard let control, !unnoted.isEmpty, !isHeldBack else { return }
        var revision = Revision(process: control.process, incarnation: control.incarnation)
        revision.committed = unnoted
        // Another Redis, or none: recovery looks at what is there, and the next commit is noted again.
        guard let reply = try? await parts.cache.revise(revision) else { return }
        if case .refused = reply { self.control = nil }
        unnoted.removeAll()
    }

    /// What the control record says of partitions, beside their checkpoints.
    struct Told {
        var orders: [Partition: MoveOrder] = [:]
        var decisions: [Partition: DecisionNote] = [:]
    }

    func told(of partitions: [Partition]) async throws(Fault) -> Told {
        let group = settings.group
        let notes = try await parts.cache.notes(
            partitions.flatMap { [MoveOrder.name(group, $0), DecisionNote.name(group, $0)] })
        var told = Told()
        for partition in partitions {
            told.orders[partition] = notes[MoveOrder.name(group, partition)].flatMap { MoveOrder($0) }
            told.decisions[partition] = notes[DecisionNote.name(group, partition)].flatMap { DecisionNote($0) }
        }
        return told
    }

    /// Partitions that somebody wants moved are stopped, and started again where the order says.
    func readMoves() async throws(Fault) {
        let mine = places.keys.filter { !waiting.contains($0) }.sorted()
        guard !mine.isEmpty else { return }
        let told = try await told(of: mine)
        guard !told.orders.isEmpty else { return }
        let moved = told.orders.keys.sorted()
        await stop(moved)
        waiting.formUnion(moved)
        waitUntil = 0
    }

    /// A decision is said, and kept where people look.
    func note(
        _ partition: Partition, _ start: (decision: RecoveryDecision, facts: PartitionFacts), at offset: Int64,
        _ told: Told, in revision: inout Revision
    ) {
        let skipped = start.decision.skipped(start.facts, start: offset)
        // Once, however often it begins anew while another worker invalidates.
        if said[partition]?.found != start.decision.found || said[partition]?.strategy != start.decision.strategy {
            said[partition] = start.decision
            listener.heard(.decided(partition, start.decision, start: offset, skipped: skipped))
        }
        guard start.decision.found != .none else { return }
        let note = DecisionNote(
            time: surroundings.wallClock(), found: start.decision.found, strategy: start.decision.strategy,
            start: offset, skipped: skipped, skippedInAll: skipped + (told.decisions[partition]?.skippedInAll ?? 0),
            isOrdered: start.decision.isOrdered)
        revision.notes[DecisionNote.name(settings.group, partition)] = Revision.Note(note.text)
    }

    /// The checkpoint is where the order says; now Kafka is told, because a restart goes back to the smaller of both,
    /// and at last the order is taken away. A crash in between leaves it, and whoever is next begins it anew.
    func finishOrders(
        _ offsets: [(partition: Partition, offset: Int64)],
        _ starts: [Partition: (decision: RecoveryDecision, facts: PartitionFacts)], _ told: Told, _ before: Revision
    ) async throws(Fault) {
        let ordered = offsets.filter { starts[$0.partition]?.decision.isOrdered == true }
        guard !ordered.isEmpty else { return }
        try await parts.group.commit(Dictionary(uniqueKeysWithValues: ordered.map { ($0.partition, $0.offset) }))
        var revision = Revision(process: before.process, incarnation: before.incarnation)
        for (partition, offset) in ordered {
            revision.committed[partition] = offset
            revision.notes[MoveOrder.name(settings.group, partition)] = Revision.Note(
                "", expected: told.orders[partition]?.text)
        }
        guard case .done = try await parts.cache.revise(revision) else { throw Self.movedOn }
    }
}
