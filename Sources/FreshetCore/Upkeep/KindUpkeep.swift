/// What workers do for a kind by themselves, beside following events.
package struct KindUpkeep: Hashable, Sendable {
    package enum AtStart: String, Sendable, CaseIterable {
        case nothing
        /// Load it where the cache has nothing of it.
        case warm
        /// The same, and where it has something, compare a sample with PostgreSQL; rebuild the kind if that is wrong.
        case check
    }

    package var atStart: AtStart
    /// Keys that a check compares.
    package var sample: Int
    /// Load and compare the whole kind again after so many milliseconds; nil: never.
    package var refreshEvery: Int64?
    /// By how much that varies, so that neither kinds nor deployments do it together; thousandths of it.
    package var jitter: Int

    package static let defaultSample = 200
    package static let defaultJitter = 100

    package init(
        atStart: AtStart = .nothing, sample: Int = defaultSample, refreshEvery: Int64? = nil,
        jitter: Int = defaultJitter
    ) {
        self.atStart = atStart
        self.sample = sample
        self.refreshEvery = refreshEvery
        self.jitter = jitter
    }

    /// Milliseconds since 1970 when it is due again; `random` is uniform over all 64-bit values. 0: never.
    package func next(after time: Int64, random: UInt64) -> Int64 {
        guard let every = refreshEvery else { return 0 }
        return time + every - swing + Int64(random % UInt64(2 * swing + 1))
    }

    /// The last moment that `next` could have named.
    package func latest(after time: Int64) -> Int64 { time + (refreshEvery ?? 0) + swing }

    private var swing: Int64 {
        let every = refreshEvery ?? 0
        return every / 1_000 * Int64(jitter) + every % 1_000 * Int64(jitter) / 1_000
    }
}
