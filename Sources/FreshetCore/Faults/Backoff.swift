/// How long to wait before the next try: exponential, with full jitter and a cap.
package struct Backoff: Sendable {
    package struct Settings: Hashable, Sendable {
        /// Milliseconds.
        package var initial: Int
        package var cap: Int

        package init(initial: Int = 50, cap: Int = 5_000) {
            self.initial = initial
            self.cap = cap
        }
    }

    private let settings: Settings
    package private(set) var attempts = 0

    package init(_ settings: Settings) { self.settings = settings }

    /// Milliseconds until the next try; `random` is uniform over all 64-bit values.
    package mutating func next(random: UInt64) -> Int {
        let ceiling = min(settings.cap, settings.initial << min(attempts, 16))
        attempts += 1
        return 1 + Int(random % UInt64(max(1, ceiling)))
    }
}
