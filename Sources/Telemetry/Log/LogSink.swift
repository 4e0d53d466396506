import Synchronization

/// Where lines go. Called from any thread; must come back soon.
package protocol LogSink: Sendable {
    func write(_ line: LogLine)
}

/// Forgets everything.
package struct NullLogSink: LogSink {
    package init() {}
    package func write(_ line: LogLine) {}
}

/// Keeps the newest lines, for tests and live views.
package final class CollectingLogSink: LogSink {
    private let kept = Mutex<[LogLine]>([])
    private let limit: Int

    package init(limit: Int = 100_000) { self.limit = limit }

    package var lines: [LogLine] { kept.withLock { $0 } }

    package func lines(_ message: LogMessage) -> [LogLine] { lines.filter { $0.message == message } }

    package func write(_ line: LogLine) {
        kept.withLock { kept in
            if kept.count == limit { kept.removeFirst(max(1, limit / 2)) }
            kept.append(line)
        }
    }
}
