import Glibc

/// An absolute end on the clock that nobody sets.
struct Deadline {
    private let end: Int
    let milliseconds: Int

    init(milliseconds: Int) {
        self.milliseconds = milliseconds
        end = Self.now() + milliseconds
    }

    var isOver: Bool { Self.now() >= end }

    /// For `poll`: at least 0.
    var remaining: Int32 { Int32(clamping: max(0, end - Self.now())) }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}
