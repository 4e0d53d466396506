/// How a topic's partitions are recovered.
package struct RecoverySettings: Hashable, Sendable {
    /// A class that isn't named here has its default.
    package var strategies: [RecoveryClass: RecoveryStrategy]
    /// Records; nil: no bound.
    package var lagBound: Int64?
    /// Milliseconds that `timestamp` and `rewind` go back.
    package var rewind: Int64

    package init(
        strategies: [RecoveryClass: RecoveryStrategy] = [:], lagBound: Int64? = nil, rewind: Int64 = 3_600_000
    ) {
        self.strategies = strategies
        self.lagBound = lagBound
        self.rewind = rewind
    }
}
