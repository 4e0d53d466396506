import Glibc

/// A point in time that no retry, drip or interruption moves.
struct Deadline {
    private let end: Int

    init(milliseconds: Int) { end = Self.now() + milliseconds }

    /// Milliseconds left; 0 when it has passed.
    var remaining: Int { max(0, end - Self.now()) }
    var hasPassed: Bool { remaining == 0 }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}

func systemMessage(_ number: Int32) -> String { String(cString: strerror(number)) }
