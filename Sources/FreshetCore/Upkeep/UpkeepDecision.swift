/// What is to be done for a kind now, and why.
package enum UpkeepDecision: Hashable, Sendable {
    package enum Why: String, Sendable, CaseIterable {
        /// Nobody has filled it since the control record was made: Redis is new, or was flushed.
        case neverFilled = "never-filled"
        /// It was invalidated whole since it was filled.
        case swept
        /// It was filled by another graph.
        case changed
        /// Who began it didn't come to the end, or a kind that it depends on was rebuilt.
        case owed
        /// There is no key of it.
        case empty
        /// Keys of a sample differed from PostgreSQL.
        case wrong
        /// The worker has started.
        case started
        /// Its time has come.
        case due
    }

    case nothing
    /// Write down when the first refresh is due.
    case schedule
    case warm(Why)
    /// Look whether there is anything, and compare a sample.
    case check(Why)
    /// Invalidate the kind whole, then load it.
    case rebuild(Why)
    /// Load it again, and compare what is cached besides.
    case refresh(Why)

    /// What the decision hangs on, beside the kind's own settings and its note.
    package struct Facts: Hashable, Sendable {
        /// The kind's, in the graph that works with the cache.
        package var fingerprint: String
        /// The ticket with which the kind was invalidated whole last.
        package var swept: Int64
        /// The last ticket when this worker began: what was done with a lower one was done before.
        package var since: Int64
        /// Milliseconds since 1970.
        package var now: Int64

        package init(fingerprint: String, swept: Int64, since: Int64, now: Int64) {
            self.fingerprint = fingerprint
            self.swept = swept
            self.since = since
            self.now = now
        }
    }

    package static func decide(_ upkeep: KindUpkeep, _ note: UpkeepNote?, _ facts: Facts) -> UpkeepDecision {
        if let note, note.isBegun {
            switch note.work {
            // These change nothing, so they are never noted as begun.
            case .scheduled, .check: break
            case .warm: return .warm(.owed)
            case .rebuild: return .rebuild(.owed)
            case .refresh: return .refresh(.owed)
            }
        }
        if upkeep.atStart != .nothing {
            guard let note, note.work != .scheduled else { return .warm(.neverFilled) }
            if note.fingerprint != facts.fingerprint { return .warm(.changed) }
            if facts.swept > note.ticket { return .warm(.swept) }
            if note.ticket <= facts.since { return .check(.started) }
        }
        guard upkeep.refreshEvery != nil else { return .nothing }
        guard let note, note.next > 0 else { return .schedule }
        // The settings may have changed to something shorter since.
        return facts.now >= min(note.next, upkeep.latest(after: note.time)) ? .refresh(.due) : .nothing
    }

    /// After a check: `isBehind` says that the workers had not applied what was announced, so that nothing was proved.
    /// nil: look again later.
    package static func judge(
        _ upkeep: KindUpkeep, cached: Int, wrong: Int, isBehind: Bool
    ) -> UpkeepDecision? {
        if cached == 0 { return .warm(.empty) }
        if wrong > 0 { return .rebuild(.wrong) }
        return isBehind ? nil : .nothing
    }

    /// What the note calls it; nil where nothing is done.
    package var work: UpkeepNote.Work? {
        switch self {
        case .nothing: nil
        case .schedule: .scheduled
        case .warm: .warm
        case .check: .check
        case .rebuild: .rebuild
        case .refresh: .refresh
        }
    }

    package var why: Why? {
        switch self {
        case .nothing, .schedule: nil
        case .warm(let why), .check(let why), .rebuild(let why), .refresh(let why): why
        }
    }
}
