/// What `pg_current_snapshot()` says: transactions below `xmin` have ended, those from `xmax` on haven't begun or are
/// still running, and `running` lists the ones in between that are.
struct TransactionSnapshot: Equatable {
    var xmin: UInt64
    var xmax: UInt64
    var running: Set<UInt64>

    init(xmin: UInt64, xmax: UInt64, running: Set<UInt64>) {
        self.xmin = xmin
        self.xmax = xmax
        self.running = running
    }

    /// `xmin:xmax:running,running`.
    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let xmin = UInt64(parts[0]), let xmax = UInt64(parts[1]) else { return nil }
        let listed = parts[2].split(separator: ",")
        let running = listed.compactMap { UInt64($0) }
        guard running.count == listed.count else { return nil }
        self.init(xmin: xmin, xmax: xmax, running: Set(running))
    }

    /// The rule of pg_visible_in_snapshot(): ended, whether by commit or by rollback.
    func isVisible(_ transaction: UInt64) -> Bool {
        let full = full(transaction)
        return full < xmin || (full < xmax && !running.contains(full))
    }

    /// Logical decoding names transactions by the lower 32 bits of their id. The whole id is the one nearest to `xmax`:
    /// PostgreSQL itself lets ids that live together be at most 2^31 apart.
    func full(_ transaction: UInt64) -> UInt64 {
        // 0 to 2 never belong to a transaction: they count as long ended.
        guard transaction > 2, transaction <= UInt64(UInt32.max) else { return transaction }
        let distance = Int32(bitPattern: UInt32(truncatingIfNeeded: transaction) &- UInt32(truncatingIfNeeded: xmax))
        let full = Int64(bitPattern: xmax) &+ Int64(distance)
        return full < 0 ? transaction : UInt64(full)
    }
}
