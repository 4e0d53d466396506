import FreshetCore

/// What the coordinator looks at once a second.
extension Coordinator {
    /// Orders of people on call, for breakers and partitions, and whether PostgreSQL was set back. Where a server is
    /// away, lanes find that out by themselves: a look that waited for it in vain may take a fifth of the time, so that
    /// news of the group don't wait behind time-outs.
    func look() async {
        let now = surroundings.now()
        guard now >= nextLook else { return }
        nextLook = now + UInt64(settings.idleLook) * 1_000_000
        do {
            if isHeldBack {
                breakers.take(try await parts.cache.look([]).record?.orders ?? [:])
            } else {
                try await lookForSetBack()
                try await readMoves()
            }
        } catch {
            nextLook = max(nextLook, now + 5 * (surroundings.now() - now))
        }
    }

    /// A breaker is open: what needs the servers waits.
    var isHeldBack: Bool {
        let states = breakers.states
        return states[.redis] == .open || states[.postgres] == .open
    }

    /// A restored snapshot keeps system and timeline, and what was read after it was taken may be in the cache. Whoever
    /// finds PostgreSQL at a lower position than the control record had before says so there: from then on everybody's
    /// reads and checkpoints are of an older history, and each partition recovers as after a failover.
    func lookForSetBack() async throws(Fault) {
        // The record first: where it was, PostgreSQL had been before it is asked.
        let view = try await parts.cache.look([])
        saw(view)
        guard let record = view.record else { return }
        breakers.take(record.orders)
        guard settings.defences.contains(.setBack) else { return }
        let answered = try await parts.models.position()
        var history = answered.history.counted(like: record.history)
        guard history == record.history else { return }
        var revision = Revision(process: view.process, incarnation: record.incarnation)
        if let seen = record.flushed {
            if answered.flushed == seen { return }
            if answered.flushed < seen {
                history.setBacks += 1
                revision.history = history
            }
        }
        revision.flushed = Revision.Flushed(history: history, position: answered.flushed)
        guard case .done = try await parts.cache.revise(revision) else { return }
        if let seen = record.flushed, answered.flushed < seen {
            listener.heard(.setBack(history, from: seen, to: answered.flushed))
        }
    }
}
