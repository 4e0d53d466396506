/// How fast records were finished in the best second so far: what a worker can do shows while it has much to do.
package struct RecordPace: Hashable, Sendable {
    /// Nanoseconds.
    private static let window: UInt64 = 1_000_000_000

    private var since: UInt64?
    private var records: Int64 = 0
    /// Records per second; 0 as long as nothing was seen.
    package private(set) var best: Int64 = 0

    package init() {}

    /// `now` in nanoseconds, of a clock that never goes back.
    package mutating func add(_ count: Int64, now: UInt64) {
        guard let start = since else {
            since = now
            return
        }
        records += count
        let time = now - start
        guard time >= Self.window else { return }
        best = max(best, Int64(Double(records) * 1_000_000_000 / Double(time)))
        (since, records) = (now, 0)
    }
}
