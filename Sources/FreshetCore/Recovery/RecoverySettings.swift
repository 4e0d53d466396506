/// How a topic's partitions are recovered.
package struct RecoverySettings: Hashable, Sendable {
    /// A class that isn't named here has its default.
    package var strategies: [RecoveryClass: RecoveryStrategy]
    /// Records; nil: no bound.
    package var lagBound: Int64?
    /// Milliseconds that `timestamp` and `rewind` go back.
    package var rewind: Int64
    /// Records per second that a worker is taken to apply, until it has shown more.
    package var recordRate: Int64
    /// Rows per second that loading the read models is taken to reach.
    package var rowRate: Int64

    package init(
        strategies: [RecoveryClass: RecoveryStrategy] = [:], lagBound: Int64? = nil, rewind: Int64 = 3_600_000,
        recordRate: Int64 = 20_000, rowRate: Int64 = 20_000
    ) {
        self.recordRate = recordRate
        self.rowRate = rowRate
        self.strategies = strategies
        self.lagBound = lagBound
        self.rewind = rewind
    }
}
