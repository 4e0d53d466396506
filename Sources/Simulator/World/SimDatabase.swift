import FreshetCore

/// PostgreSQL as the schedule plays it: commits that become visible later than they are logged, a snapshot per
/// statement, a failover that loses the tail while the old primary still answers.
///
/// Confined to the playing thread, see `SimTime`.
final class SimDatabase: @unchecked Sendable {
    /// One server: what it has, and what is logged but not visible yet.
    struct Server {
        var history: History
        var rows = SimRows()
        var pending: [Commit] = []
        var flushed: UInt64 = 0
        var nextTransaction: UInt64 = 1000
        /// The newest transaction that has ended.
        var ended: UInt64 = 999
        var isUp = true
    }

    private(set) var servers: [Server]
    /// Which server new connections find.
    private(set) var primary = 0
    private let time: SimTime
    /// Rows, and the newest ended transaction, as they were some commits ago: what a lagging replica has.
    private var behind: [(rows: SimRows, ended: UInt64)] = []
    /// The highest version that was ever visible of each child and of each parent, on any server.
    private(set) var seenChildren: [Int64: Int64] = [:]
    private(set) var seenParents: [Int64: Int64] = [:]

    init(time: SimTime) {
        self.time = time
        servers = [Server(history: History(system: 7, timeline: 1))]
    }

    /// Logs a transaction now; it is visible `delay` nanoseconds later. Answers its id, and the time of its visibility.
    func commit(_ writes: [Commit.Write], visibleAfter delay: UInt64) -> Commit {
        let commit = Commit(
            transaction: servers[primary].nextTransaction, writes: writes, visibleAt: time.now + delay)
        servers[primary].nextTransaction += 1
        servers[primary].flushed += 1
        servers[primary].pending.append(commit)
        settle(primary)
        return commit
    }

    /// Moves what is visible by now into the rows, in the order of visibility.
    private func settle(_ server: Int) {
        let due = servers[server].pending.filter { $0.visibleAt <= time.now }.sorted { $0.visibleAt < $1.visibleAt }
        guard !due.isEmpty else { return }
        servers[server].pending.removeAll { $0.visibleAt <= time.now }
        for commit in due {
            // The application's own start is on every replica.
            if server == primary && !servers[server].rows.parents.isEmpty {
                behind.append((servers[server].rows, servers[server].ended))
                if behind.count > 4 { behind.removeFirst() }
            }
            for write in commit.writes {
                servers[server].rows.apply(write)
                note(write, servers[server].rows)
            }
            servers[server].ended = max(servers[server].ended, commit.transaction)
        }
    }

    private func note(_ write: Commit.Write, _ rows: SimRows) {
        switch write {
        case .child(let id, _), .deleteChild(let id):
            seenChildren[id] = max(seenChildren[id] ?? 0, rows.lastVersions[id] ?? 0)
        case .parent(let id):
            seenParents[id] = max(seenParents[id] ?? 0, rows.parents[id] ?? 0)
        }
    }

    func rows(_ server: Int) -> SimRows {
        settle(server)
        return servers[server].rows
    }

    func history(_ server: Int) -> History { servers[server].history }

    func flushed(_ server: Int) -> UInt64 { servers[server].flushed }

    func isUp(_ server: Int) -> Bool { servers[server].isUp }

    func isVisible(_ transaction: UInt64, _ server: Int) -> Bool {
        settle(server)
        return transaction <= servers[server].ended
            && !servers[server].pending.contains { $0.transaction == transaction }
    }

    /// As PostgreSQL has it: transactions that run may be newer.
    func xmax(_ server: Int) -> UInt64 {
        settle(server)
        return servers[server].ended + 1
    }

    func xmin(_ server: Int) -> UInt64 {
        let end = xmax(server)
        return min(end, servers[server].pending.map(\.transaction).min() ?? end)
    }

    func running(_ server: Int) -> Set<UInt64> {
        settle(server)
        return Set(servers[server].pending.map(\.transaction))
    }

    /// A replica that lacks the newest commits takes over. The old primary goes on answering those who are connected to
    /// it until it is taken down. Transaction ids go on behind the highest one that the replica knows: those of lost
    /// transactions are handed out again.
    func failOver(losing commits: Int) {
        settle(primary)
        let lost = min(commits, behind.count)
        var next = servers[primary]
        if lost > 0 {
            next.rows = behind[behind.count - lost].rows
            next.ended = behind[behind.count - lost].ended
        }
        next.nextTransaction = next.ended + 1
        next.isUp = true
        next.pending = []
        next.history.timeline += 1
        next.flushed = next.flushed > UInt64(lost) ? next.flushed - UInt64(lost) : 0
        behind = []
        servers.append(next)
        primary = servers.count - 1
    }

    /// The primary as a snapshot of its files would have it.
    func snapshot() -> Server {
        settle(primary)
        return servers[primary]
    }

    /// Other tables are written, too: the log grows by much more than what the schedule's own changes would add.
    func writeElsewhere() { servers[primary].flushed += 1_000_000 }

    /// The snapshot takes the primary's place, down as yet; what ran when it was taken is gone.
    func setBack(to snapshot: Server) {
        servers[primary].isUp = false
        var next = snapshot
        next.nextTransaction = next.ended + 1
        next.pending = []
        next.isUp = false
        behind = []
        servers.append(next)
        primary = servers.count - 1
    }

    /// Whoever is connected to nobody else can't know better.
    var oldPrimaryAnswers: Bool { servers.indices.contains { $0 != primary && servers[$0].isUp } }

    func takeDown(_ server: Int) { servers[server].isUp = false }
    func bringUp(_ server: Int) { servers[server].isUp = true }
}
