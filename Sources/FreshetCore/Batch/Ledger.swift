/// Which offsets are finished, per partition; the contiguous end is what may be committed.
///
/// Work is stamped with the assignment's epoch: what a former assignment finishes counts for nothing.
package struct Ledger: Sendable {
    private struct Account: Sendable {
        var epoch: UInt32
        /// Everything below is finished.
        var end: Int64
        /// Finished beyond `end`, by start.
        var islands: [Int64: Int64] = [:]
        var committed: Int64
    }

    private var accounts: [Partition: Account] = [:]

    package init() {}

    package mutating func start(_ partition: Partition, epoch: UInt32, at offset: Int64, committed: Int64?) {
        accounts[partition] = Account(epoch: epoch, end: offset, committed: committed ?? -1)
    }

    package mutating func stop(_ partition: Partition) { accounts[partition] = nil }

    /// The range `from..<to` is finished. Answers false if its assignment is over.
    @discardableResult
    package mutating func finish(_ partition: Partition, epoch: UInt32, from: Int64, to: Int64) -> Bool {
        guard var account = accounts[partition], account.epoch == epoch else { return false }
        if from > account.end {
            account.islands[from] = max(to, account.islands[from] ?? to)
        } else {
            account.end = max(account.end, to)
            while let start = account.islands.keys.filter({ $0 <= account.end }).min() {
                account.end = max(account.end, account.islands.removeValue(forKey: start) ?? account.end)
            }
        }
        accounts[partition] = account
        return true
    }

    /// What to commit: the contiguous ends beyond what was committed.
    package var committable: [Partition: Int64] {
        accounts.compactMapValues { $0.end > $0.committed ? $0.end : nil }
    }

    package mutating func committed(_ offsets: [Partition: Int64]) {
        for (partition, offset) in offsets { accounts[partition]?.committed = offset }
    }

    package func end(_ partition: Partition) -> Int64? { accounts[partition]?.end }

    package var partitions: [Partition] { accounts.keys.sorted() }
}
