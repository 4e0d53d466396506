import FreshetCore

/// Looks after the kinds that want it: loads what the cache lost, checks a sample when a worker starts, refreshes from
/// time to time. Every worker runs one, on a thread and connections of its own, and one at a time does something.
///
/// It writes as everybody does, behind the fences, so it need not know what the lanes are doing.
package final class Upkeeper {
    let graph: Graph
    let parts: UpkeepParts
    let settings: UpkeepSettings
    let surroundings: any Surroundings
    let isStopping: () -> Bool
    let lease: UpkeepLease
    /// Every read first says that this worker is alive.
    let models: KeptModels
    private let prints: GraphPrints
    private let kinds: [KindIndex]
    private let observe: (UpkeepEvent) -> Void
    /// The Redis and the control record that were there at the start, and the last ticket then.
    private var began: (process: String, incarnation: String, ticket: Int64)?
    /// Monotonic nanoseconds before which nothing is done for a kind.
    private var notBefore: [KindIndex: UInt64] = [:]
    private var backoff: Backoff

    package init(
        graph: Graph, parts: UpkeepParts, settings: UpkeepSettings, surroundings: any Surroundings,
        isStopping: @escaping () -> Bool, observe: @escaping (UpkeepEvent) -> Void
    ) {
        self.graph = graph
        self.parts = parts
        self.settings = settings
        self.surroundings = surroundings
        self.isStopping = isStopping
        self.observe = observe
        prints = GraphPrints(graph)
        kinds = Self.kinds(graph)
        let lease = UpkeepLease(parts.cache, surroundings, milliseconds: settings.lease)
        self.lease = lease
        models = KeptModels(parts.models) { () async throws(Fault) in try await lease.keep() }
        backoff = Backoff(settings.backoff)
    }

    /// Those that want something done.
    package static func kinds(_ graph: Graph) -> [KindIndex] {
        graph.kinds.indices.map(KindIndex.init).filter { index in
            let upkeep = graph[index].upkeep
            return graph[index].warm != nil && (upkeep.atStart != .nothing || upkeep.refreshEvery != nil)
        }
    }

    /// Until it is told to stop. An outage is a pause.
    package func run() async {
        while !isStopping() {
            do throws(Fault) {
                let isMore = try await turn()
                if backoff.attempts > 0 {
                    backoff = Backoff(settings.backoff)
                    observe(.resumed)
                }
                if !isMore { await surroundings.sleep(milliseconds: settings.look) }
            } catch {
                parts.models.disconnect()
                await lease.release()
                let milliseconds = backoff.next(random: surroundings.random())
                observe(.paused(error, milliseconds: milliseconds))
                await surroundings.sleep(milliseconds: milliseconds)
            }
        }
        await lease.release()
    }

    /// Looks once, and does the first thing that is to be done. Whether it did something.
    package func turn() async throws(Fault) -> Bool {
        guard let due = try await next() else {
            await lease.release()
            return false
        }
        if !lease.isHeld {
            guard try await lease.take() else { return false }
            // Another worker may have done it a moment ago.
            return true
        }
        try await lease.keep()
        do throws(Fault) {
            try await perform(due.kind, due.decision, due.note, due.record)
        } catch {
            // What fails for a reason of its own must not keep the other kinds waiting.
            notBefore[due.kind] = surroundings.now() + UInt64(settings.postponement) * 1_000_000
            throw error
        }
        return true
    }

    private typealias Due = (
        kind: KindIndex, decision: UpkeepDecision, note: UpkeepNote?, record: ControlView.Record
    )

    private func next() async throws(Fault) -> Due? {
        let view = try await parts.cache.look([])
        guard let record = view.record else { return nil }
        let began = self.began ?? (view.process, record.incarnation, record.ticket)
        self.began = began
        guard isOurTurn(record) else { return nil }
        let isSame = began.process == view.process && began.incarnation == record.incarnation
        let notes = try await parts.cache.notes(kinds.map { UpkeepNote.name(graph[$0].name) })
        for index in kinds where surroundings.now() >= notBefore[index] ?? 0 {
            let kind = graph[index]
            // What a changed graph left of it is removed first.
            guard record.fingerprints[kind.name] == prints.texts[kind.name] else { continue }
            let note = notes[UpkeepNote.name(kind.name)].flatMap { UpkeepNote($0) }
            let decision = UpkeepDecision.decide(
                kind.upkeep, note,
                UpkeepDecision.Facts(
                    fingerprint: kind.fingerprint, swept: record.swept[kind.name] ?? 0,
                    since: isSame ? began.ticket : -1, now: surroundings.wallClock()))
            if decision != .nothing { return (index, decision, note, record) }
        }
        return nil
    }

    /// A rebuild goes first, and people on call may have stopped everything.
    private func isOurTurn(_ record: ControlView.Record) -> Bool {
        record.owner == settings.owner && record.graph?.holder == prints.name && record.rebuilding == nil
            && !record.orders.values.contains(.open)
    }

    private func perform(
        _ kind: KindIndex, _ decision: UpkeepDecision, _ note: UpkeepNote?, _ record: ControlView.Record
    ) async throws(Fault) {
        observe(.decided(kind: graph[kind].name, decision))
        let started = surroundings.now()
        var tally = UpkeepTally()
        var decision = decision
        var ticket = try await takeTicket(record)
        if case .check = decision {
            guard let verdict = try await check(kind, &tally) else { return postpone(kind) }
            if isStopping() { return }
            if verdict != .nothing {
                finish(kind, decision, &tally, started)
                decision = verdict
                observe(.decided(kind: graph[kind].name, decision))
                ticket = try await takeTicket(record)
            }
        }
        try await work(decision, on: kind, note, ticket, &tally)
        if isStopping() { return }
        guard let work = decision.work else { return }
        let now = surroundings.wallClock()
        let isScheduled = work != .check || (note?.next ?? 0) == 0
        try await write(
            [
                kind: UpkeepNote(
                    work: work, isBegun: false, time: isScheduled ? now : note?.time ?? now,
                    next: isScheduled
                        ? graph[kind].upkeep.next(after: now, random: surroundings.random()) : note?.next ?? 0,
                    ticket: ticket.number, fingerprint: graph[kind].fingerprint)
            ], ticket)
        finish(kind, decision, &tally, started)
    }

    private func finish(
        _ kind: KindIndex, _ decision: UpkeepDecision, _ tally: inout UpkeepTally, _ started: UInt64
    ) {
        guard let work = decision.work else { return }
        tally.milliseconds = Int64((surroundings.now() - started) / 1_000_000)
        observe(.done(kind: graph[kind].name, work, tally))
        tally = UpkeepTally()
    }

    private func postpone(_ kind: KindIndex) {
        notBefore[kind] = surroundings.now() + UInt64(settings.postponement) * 1_000_000
        if !isStopping() { observe(.postponed(kind: graph[kind].name)) }
    }

    func takeTicket(_ record: ControlView.Record) async throws(Fault) -> Ticket {
        try await parts.cache.requestTicket()
        guard let ticket = try await parts.cache.ticket(), ticket.incarnation == record.incarnation else {
            throw Repairer.noRecord
        }
        return ticket
    }

    /// In the ticket's Redis only: another one's cache is another matter.
    func write(_ notes: [KindIndex: UpkeepNote], _ ticket: Ticket) async throws(Fault) {
        var revision = Revision(process: ticket.process, incarnation: ticket.incarnation)
        for (kind, note) in notes { revision.notes[UpkeepNote.name(graph[kind].name)] = Revision.Note(note.text) }
        if case .refused(let refusal) = try await parts.cache.revise(revision) { throw Repairer.refused(refusal) }
    }
}
