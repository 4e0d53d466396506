import FreshetCore

/// Keeps work below so many pieces a second, evenly.
package struct Pace: Sendable {
    /// Pieces per second; 0: as fast as it goes.
    private let rate: Int
    private var begun: UInt64?
    private var done: UInt64 = 0

    package init(rate: Int) { self.rate = max(0, rate) }

    /// Milliseconds to rest before these pieces; they count as done afterwards.
    package mutating func rest(before count: Int, now: UInt64) -> Int {
        guard rate > 0 else { return 0 }
        let start = begun ?? now
        begun = start
        let due = start + done * 1_000_000_000 / UInt64(rate)
        done += UInt64(max(0, count))
        return due > now ? Int((due - now) / 1_000_000) : 0
    }
}
