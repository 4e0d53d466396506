/// Keeps one rate: what is asked for is reserved at once, and whoever asked waits until its turn has come.
///
/// It remembers one number, the moment at which everything reserved so far would be through at that rate. A pause earns
/// `burst`, no more; what is only known afterwards (rows) is reserved then, and the next one waits for it. The same
/// arithmetic, in microseconds, stands in `schemas/redis/limit.lua`.
package struct RateMeter: Hashable, Sendable {
    /// Nanoseconds' worth of the rate that may go at once after a pause.
    package static let burst: UInt64 = 1_000_000_000
    /// So that no count makes the clock run over.
    private static let largest = 1_000_000_000

    private var through: UInt64 = 0

    package init() {}

    /// Nanoseconds to wait from `now` (monotonic nanoseconds).
    package mutating func reserve(_ count: Int, perSecond rate: Int, now: UInt64) -> UInt64 {
        guard rate > 0 else { return 0 }
        let takes = UInt64(max(0, min(count, Self.largest))) * 1_000_000_000 / UInt64(rate)
        through = max(through, now) + takes
        return through > now + Self.burst ? through - now - Self.burst : 0
    }
}
