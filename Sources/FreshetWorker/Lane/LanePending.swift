import FreshetCore

/// Performs what is owed. Any lane may: twice is harmless, and the entry goes away with the call that performs it.
extension Lane {
    /// Entries taken at a time.
    private static let entries = 200

    /// Looks for what is due, at most once per `pendingLook`.
    func performOwed(evenNow: Bool = false) async throws(Fault) {
        guard canOwe else { return }
        let now = surroundings.now()
        guard evenNow || now - lastPendingLook >= UInt64(settings.pendingLook) * 1_000_000 else { return }
        lastPendingLook = now
        let due = try await parts.cache.pending(dueBefore: surroundings.wallClock(), limit: Self.entries)
        answered.insert(.redis)
        guard !due.isEmpty else { return }
        let sweeps = due.filter { if case .sweep? = Owed($0.body) { true } else { false } }
        // Lost effects, or a newer history: looking again without a recovery would find the same for ever.
        if let refusal = try await perform(sweeps, isSecondSweep: true) { return requestRecovery(refusal) }
        for entry in due {
            if case .gate(_, _, _, let deadline, let origin, let offset)? = Owed(entry.body) {
                if surroundings.wallClock() > deadline { try await giveUp(origin, offset) }
                let isOverdue = surroundings.wallClock() > deadline
                if let refusal = try await perform([entry], isSecondSweep: false, isOverdue: isOverdue) {
                    return requestRecovery(refusal)
                }
            }
        }
    }

    /// One batch of its own, in place of the one in hand, which waits meanwhile. Answers what only recovery can mend.
    private func perform(
        _ entries: [Pending], isSecondSweep: Bool, isOverdue: Bool = false
    ) async throws(Fault) -> Refusal? {
        guard !entries.isEmpty else { return nil }
        let held = (plan, walk, letters, opened, report, ticketIsAsked)
        defer { (plan, walk, letters, opened, report, ticketIsAsked) = held }
        (plan, walk, letters, opened, report, ticketIsAsked) = (Plan(), CascadeWalk(), [], [:], .empty, false)
        self.isSecondSweep = isSecondSweep
        performing = entries.map(\.id)
        defer {
            self.isSecondSweep = false
            performing = []
            repeating = [:]
        }
        for entry in entries { add(entry, isOverdue: isOverdue) }
        // Anything but success leaves the entries where they are: they are due again at the next look.
        if case .lost(let refusal) = try await attempt() { return refusal }
        return nil
    }

    private func add(_ entry: Pending, isOverdue: Bool) {
        switch Owed(entry.body) {
        case .sweep(let entity):
            guard let ref = try? EntityName.parse(entity, graph, pool: &plan.buffer.pool) else { return }
            let index = Int(plan.add(Change(entity: ref, operation: .upsert)))
            // Only its own keys, and only to be removed.
            plan.update(index) {
                $0.isRejected = true
                $0.stops = true
            }
        case .gate(let entity, let version, let isDelete, _, _, _):
            guard let ref = try? EntityName.parse(entity, graph, pool: &plan.buffer.pool) else { return }
            let index = Int(
                plan.add(Change(entity: ref, operation: isDelete ? .delete : .upsert, version: version)))
            if isOverdue {
                plan.update(index) { $0.isRejected = true }
            } else {
                repeating[index] = entry
            }
        case nil:
            return
        }
    }

    /// The deadline is over: the record is a letter before its entry goes.
    private func giveUp(_ origin: Partition, _ offset: Int64) async throws(Fault) {
        let rejection = Rejection(
            .projectionMissing, "the read model did not contain this change before the gate's deadline")
        var made = try await letters(of: [offset], from: origin, rejection, .deferred).map { LaneLetter($0.letter) }
        try await send(&made, 0..<made.count)
    }
}
