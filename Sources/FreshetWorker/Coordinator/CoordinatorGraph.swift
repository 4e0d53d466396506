import FreshetCore

/// A graph that changed: the kinds concerned are rebuilt once, before any worker of the new graph takes up a partition.
extension Coordinator {
    /// What one worker does for all that come with the new graph.
    private static let mark = "regraph"

    /// A sign of life, now and then; and whether it is still our turn.
    func keepGraph() async {
        guard surroundings.now() >= graphLook, !isHeldBack else { return }
        let began = surroundings.now()
        graphLook = began + UInt64(GraphClaim.renewal) * 1_000_000
        // News of the group mustn't wait behind time-outs.
        defer { graphLook = max(graphLook, began + 5 * (surroundings.now() - began)) }
        switch try? await claim.ask(parts.cache) {
        case .theirs(let holder): standAside(for: holder)
        case .ours(let isNew, let isSettled):
            // Another graph had it meanwhile: what it did is looked at before we go on.
            if isNew, !places.isEmpty {
                await stop(places.keys.sorted())
                waiting.formUnion(places.keys)
                waitUntil = 0
            }
            // At once, and not when the first partition comes: readers see the former graph's values until then.
            if !isSettled, (try? await settleGraph()) != true { graphLook = surroundings.now() + 100_000_000 }
        default: break
        }
    }

    private func standAside(for holder: String) {
        guard !isDisplaced else { return }
        isDisplaced = true
        listener.heard(.displaced(by: holder))
    }

    /// False where it isn't our turn, or another worker is at it, or the group has news.
    func settleGraph() async throws(Fault) -> Bool {
        switch try await claim.ask(parts.cache) {
        case .theirs(let holder):
            standAside(for: holder)
            return false
        case .none: throw Self.graphMovedOn
        case .ours: break
        }
        guard let before = try await parts.cache.look([]).record else { throw Self.graphMovedOn }
        guard !claim.prints.changes(from: before.fingerprints).isEmpty, settings.defences.contains(.graphSweep) else {
            return true
        }
        guard try await takeMark(Self.mark) else {
            waitUntil = surroundings.now() + 100_000_000
            return false
        }
        try await parts.cache.requestTicket()
        // Looked at after the ticket: the sweep makes it the floor, so a higher floor at the end says that another
        // graph came and went meanwhile, and has left keys that weren't looked for.
        guard let ticket = try await parts.cache.ticket(), let record = try await parts.cache.look([]).record,
            ticket.incarnation == record.incarnation
        else { throw Self.graphMovedOn }
        let changes = claim.prints.changes(from: record.fingerprints)
        // Another worker has done it since the first look.
        if changes.isEmpty {
            try await releaseMark(Self.mark)
            return true
        }
        let patterns = Set(changes.values.flatMap { GraphPrints.patterns($0) })
        let sweeper = Sweeper(
            parts.cache, patterns.sorted { $0.lexicographicallyPrecedes($1) }, ticket, record.history, forgets: true)
        guard let keys = try await sweep(sweeper, Self.mark) else {
            try await releaseMark(Self.mark)
            return false
        }
        // In the ticket's Redis only: one that has taken over meanwhile may still have what was there.
        var end = Revision(process: ticket.process, incarnation: ticket.incarnation)
        if settings.defences.contains(.claim) { end.seenFloor = ticket.number }
        for name in changes.keys { end.fingerprints[name] = claim.prints.texts[name] ?? "" }
        guard case .done = try await parts.cache.revise(end) else { throw Self.graphMovedOn }
        listener.heard(.graphChanged(kinds: changes.keys.sorted(), keys: keys))
        try await releaseMark(Self.mark)
        return true
    }

    private static let graphMovedOn = Fault(
        .redis, .connectionLost, "Redis changed while a changed graph was taken up; looking again")
}
