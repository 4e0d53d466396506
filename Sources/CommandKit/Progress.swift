/// How far long work has come: a bar on a terminal, a line every few seconds elsewhere. Speaks on the error output,
/// so that the result stays clean. Owned by the task that does the work.
package struct Progress {
    package static let secondsBetweenLines: UInt64 = 5
    package static let millisecondsBetweenDraws: UInt64 = 100

    private let stream: OutputStream
    private let what: String
    private var total: Int64?
    private let unit: String
    private let now: () -> UInt64
    private let started: UInt64
    private var shown: UInt64?
    package private(set) var done: Int64 = 0
    /// How far it was at some moments of the last half minute.
    private var marks: [(time: UInt64, done: Int64)] = []

    /// `now` gives monotonic nanoseconds. Without a total there is no bar, only the count.
    package init(
        _ what: String, total: Int64?, unit: String, on stream: OutputStream,
        now: @escaping () -> UInt64 = { MachineClock.now() }
    ) {
        self.what = what
        self.total = total
        self.unit = unit
        self.stream = stream
        self.now = now
        started = now()
    }

    package mutating func advance(to count: Int64) {
        done = count
        let time = now()
        if marks.last.map({ time - $0.time >= 1_000_000_000 }) ?? true { marks.append((time, count)) }
        if marks.count > 30 { marks.removeFirst() }
        let pause =
            stream.isTerminal ? Self.millisecondsBetweenDraws * 1_000_000 : Self.secondsBetweenLines * 1_000_000_000
        guard time - (shown ?? started) >= pause || (shown == nil && stream.isTerminal) else { return }
        shown = time
        stream.write(stream.isTerminal ? "\r\u{1B}[2K\(bar(time))" : "\(line(time))\n")
    }

    /// There is more to do than was known.
    package mutating func expect(_ total: Int64) { self.total = max(total, done) }

    package mutating func advance(by count: Int64) { advance(to: done + count) }

    /// The last word: on a terminal the bar goes away, elsewhere a closing line stands.
    package mutating func finish() {
        let time = now()
        stream.write(stream.isTerminal ? "\r\u{1B}[2K\(line(time))\n" : "\(line(time))\n")
    }

    private func line(_ time: UInt64) -> String {
        let seconds = Double(time - started) / 1_000_000_000
        var text = "\(what): \(done)"
        if let total { text += " of \(total)" }
        text += " \(unit)"
        if let total, total > 0 { text += " (\(min(100, done * 100 / total))%)" }
        if seconds >= 0.5 { text += ", \(Int64(Double(done) / seconds)) \(unit)/s" }
        if let left = secondsLeft(time) { text += ", about \(Self.duration(left)) left" }
        return text
    }

    /// By the pace of the last while, because the first records say little about the last; nil as long as nothing can
    /// be said, and at the end.
    private func secondsLeft(_ time: UInt64) -> Int64? {
        guard let total, done < total, let mark = marks.first, time - mark.time >= 2_000_000_000, done > mark.done
        else { return nil }
        let perSecond = Double(done - mark.done) / (Double(time - mark.time) / 1_000_000_000)
        return Int64((Double(total - done) / perSecond).rounded(.up))
    }

    private static func duration(_ seconds: Int64) -> String {
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3_600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3_600) h \(seconds / 60 % 60) min"
    }

    private func bar(_ time: UInt64) -> String {
        let text = line(time)
        guard let total, total > 0 else { return text }
        let room = max(10, min(40, stream.width - text.count - 4))
        let filled = min(room, Int(Int64(room) * min(done, total) / total))
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: room - filled) + "] \(text)"
    }
}
