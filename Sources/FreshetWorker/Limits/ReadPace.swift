import FreshetCore

/// Holds one class of work to its rate: alone, or together with other workers. Of one thread.
package final class ReadPace {
    /// Milliseconds of one wait: what an enormous result costs is not waited for in one go.
    private static let longestWait: UInt64 = 30_000
    /// Nanoseconds for which a keeper of the shared rate that failed is left alone.
    private static let patience: UInt64 = 5_000_000_000

    private let bound: RateBound
    private let shared: (any SharedRate)?
    private let surroundings: any Surroundings
    private var queryMeter = RateMeter()
    private var rowMeter = RateMeter()
    /// Read since the last reservation.
    private var rows = 0
    private var sharedAwayUntil: UInt64 = 0

    package init(_ bound: RateBound, shared: (any SharedRate)? = nil, _ surroundings: any Surroundings) {
        self.bound = bound
        self.shared = shared
        self.surroundings = surroundings
    }

    /// Waits until so many queries may be asked.
    package func wait(queries: Int) async {
        let nanoseconds = reserve(queries, rows)
        rows = 0
        let milliseconds = min((nanoseconds + 999_999) / 1_000_000, Self.longestWait)
        if milliseconds > 0 { await surroundings.sleep(milliseconds: Int(milliseconds)) }
    }

    /// How many there are is known only now; whoever comes next waits for them.
    package func took(rows count: Int) { rows += count }

    private func reserve(_ queries: Int, _ rows: Int) -> UInt64 {
        let now = surroundings.now()
        if let shared, now >= sharedAwayUntil {
            do { return try shared.reserve(queries: queries, rows: rows, bound) } catch {
                // Everybody keeps to the rate alone meanwhile.
                sharedAwayUntil = now + Self.patience
            }
        }
        return max(
            queryMeter.reserve(queries, perSecond: bound.queries, now: now),
            rowMeter.reserve(rows, perSecond: bound.rows, now: now))
    }
}
