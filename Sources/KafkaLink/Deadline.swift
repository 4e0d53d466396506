import Glibc

/// An absolute moment on the monotonic clock, in milliseconds.
struct Deadline: Sendable {
    private let moment: Int

    init(milliseconds: Int) { moment = Self.now() + max(0, milliseconds) }

    var remaining: Int { max(0, moment - Self.now()) }

    var hasPassed: Bool { remaining == 0 }

    /// What is left, at most `slice`, as librdkafka takes it.
    func wait(atMost slice: Int) -> Int32 { Int32(clamping: min(remaining, slice)) }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
}
