import FreshetCore

/// Where a partition's recovery began.
struct Noted {
    /// What comes after it is applied.
    private(set) var end: Int64
    /// When that was, milliseconds since 1970: what is invalidated, by whomever, is invalidated later.
    private(set) var time: Int64
    private let process: String
    private let incarnation: String?
    /// The newest ticket when the wait for running transactions was over, and in which history these were.
    private var waited: (ticket: Int64, history: History)?

    init(_ end: Int64, _ view: ControlView, time: Int64) {
        self.end = end
        self.time = time
        process = view.process
        incarnation = view.record?.incarnation
    }

    /// Records that came after the end was noted are skipped too, as their log has lost them meanwhile: what was
    /// invalidated before them doesn't count. The offset lies within ends that were read in this look.
    mutating func skip(to offset: Int64, time: Int64) {
        guard offset > end else { return }
        (end, self.time) = (offset, time)
        waited = nil
    }

    /// Whoever invalidates with a ticket above it covers this partition. `ticket` is the newest one after a wait in
    /// `history`; what another server's transactions were waited for says nothing about this one's.
    mutating func since(_ ticket: Int64, in history: History) -> Int64 {
        if let waited, waited.history == history { return waited.ticket }
        waited = (ticket, history)
        return ticket
    }

    func belongs(to view: ControlView) -> Bool {
        view.process == process && view.record?.incarnation == incarnation
    }
}

/// Invalidating what skipped records, or a loss, may have touched: floor first, then scan and unlink; the checkpoints
/// come afterwards. One worker does it for all that noticed at once, and who finds it half done begins it anew.
extension Coordinator {
    /// A captured event in the skipped part may announce a commit that is not visible yet: every transaction that runs
    /// now, after the ends were noted, must have ended before what it changed is invalidated.
    func waitForRunning(_ partitions: [Partition], in history: History) async throws(Fault) {
        let isCaptured = partitions.contains { partition in
            topic(of: partition).map { graph.topics[$0].events == .capture } ?? false
        }
        guard settings.defences.contains(.rebuildWaits), isCaptured else { return }
        let noted = try await parts.models.running()
        let deadline = surroundings.now() + UInt64(settings.visibilityDeadline) * 1_000_000
        var pause = Backoff(Backoff.Settings(initial: 5, cap: 200))
        while true {
            let now = try await parts.models.visibility(of: [])
            // Another server's transactions say nothing about these; the next recovery begins with that one.
            guard now.history == noted.history, now.history.counted(like: history) == history else {
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

    /// What an order skips may have been announced and not be projected yet. What recovery skips by itself begins a
    /// gate's deadline earlier; an order is exact, so it is invalidated when that time has passed.
    func waitsForProjections(
        _ starts: [Partition: (decision: RecoveryDecision, facts: PartitionFacts)]
    ) -> Bool {
        let skipped = starts.filter { $0.value.decision.isOrdered && $0.value.decision.invalidates }.keys
        guard settings.defences.contains(.rebuildWaits), let time = skipped.compactMap({ noted[$0]?.time }).max(),
            let deadline = graph.kinds.compactMap({ $0.gate?.deadline }).max()
        else { return false }
        let rest = time + deadline - surroundings.wallClock()
        guard rest >= 0 else { return false }
        waitUntil = surroundings.now() + UInt64(min(rest + 1, 100)) * 1_000_000
        return true
    }

    /// False where another worker is at it, or the group has news.
    func rebuild(
        _ partitions: [Partition], _ starts: [Partition: (decision: RecoveryDecision, facts: PartitionFacts)],
        _ known: ControlView.Record, _ history: History
    ) async throws(Fault) -> Bool {
        try await declare(history, known)
        let view = try await parts.cache.look([])
        guard let record = view.record, record.incarnation == known.incarnation else { throw Self.movedOn }
        var since = Int64.min
        for partition in partitions {
            since = max(since, noted[partition]?.since(record.ticket, in: history) ?? record.ticket)
        }
        var kinds = graph.downstream(of: named(partitions, starts)).map { graph[$0].name }.sorted()
        // With a ticket that was taken after our ends were noted: it covers us.
        if kinds.allSatisfy({ record.swept[$0] ?? 0 > since }) { return true }
        guard try await takeMark(Revision.rebuild, Array(kinds.joined(separator: " ").utf8)) else {
            if let holder = record.rebuilding?.holder, waitUntil == 0 {
                listener.heard(.waitingForRebuild(holder: holder))
            }
            waitUntil = surroundings.now() + 100_000_000
            return false
        }
        // Whoever had it before didn't come to the end of it.
        if let left = record.rebuilding?.body {
            kinds = Set(kinds + String(decoding: left, as: UTF8.self).split(separator: " ").map(String.init)).sorted()
        }
        try await parts.cache.requestTicket()
        guard let ticket = try await parts.cache.ticket(), ticket.incarnation == record.incarnation else {
            throw Self.movedOn
        }
        let found = kinds.compactMap { name in graph.kinds.firstIndex { $0.name == name } }
        let patterns = graph.patterns(of: Set(found.map { .kind(KindIndex($0)) }))
        let sweeper = Sweeper(parts.cache, patterns, ticket, history, forgets: true)
        guard let keys = try await sweep(sweeper) else {
            try await releaseMark(Revision.rebuild)
            return false
        }
        listener.heard(.swept(patterns: patterns.count, keys: keys))
        let swept = Dictionary(kinds.map { ($0, ticket.number) }, uniquingKeysWith: { first, _ in first })
        // In the ticket's Redis only: one that has taken over meanwhile may still have what was there.
        var end = Revision(process: ticket.process, incarnation: ticket.incarnation)
        end.releaseMark = Revision.ReleaseMark(name: Revision.rebuild, holder: holder)
        end.swept = swept
        if case .refused = try await parts.cache.revise(end) { throw Self.movedOn }
        return true
    }

    static let movedOn = Fault(
        .redis, .connectionLost, "Redis changed while partitions were recovered; looking again")

    /// Reads of the old history are refused from here on.
    private func declare(_ history: History, _ record: ControlView.Record) async throws(Fault) {
        guard history != record.history else { return }
        var revision = Revision(process: try await parts.cache.look([]).process, incarnation: record.incarnation)
        revision.history = history
        revision.forceHistory = record.history.system != history.system
        _ = try await parts.cache.revise(revision)
    }

    /// The kinds that events of these partitions can name. A new history may have lost commits of any topic.
    private func named(
        _ partitions: [Partition], _ starts: [Partition: (decision: RecoveryDecision, facts: PartitionFacts)]
    ) -> [KindIndex] {
        let everything = partitions.contains { starts[$0]?.decision.found == .history }
        let named = Set(partitions.compactMap { topic(of: $0) })
        let topics = graph.topics.indices.filter { everything || named.contains($0) }.map { graph.topics[$0] }
        return topics.flatMap { graph.kinds(namedBy: $0) }
    }

    /// The keys that were found; nil where the group has news.
    func sweep(_ sweeper: Sweeper, _ mark: String = Revision.rebuild) async throws(Fault) -> Int? {
        var sweeper = sweeper
        var renewal = surroundings.now() + UInt64(Self.lease / 3) * 1_000_000
        while true {
            switch try await sweeper.step() {
            case .swept: return sweeper.keys
            case .refused:
                // It is looked at anew, and need not come to this sweep again: others mustn't wait for a lease's end.
                try await releaseMark(mark)
                throw Self.movedOn
            case .more: break
            }
            if try await mustMakeWay() { return nil }
            if surroundings.now() > renewal {
                guard try await takeMark(mark) else { throw Self.movedOn }
                renewal = surroundings.now() + UInt64(Self.lease / 3) * 1_000_000
            }
        }
    }
}
