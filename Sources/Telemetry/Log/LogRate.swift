/// How many lines of one message are let through: a flood of one (a topic full of garbage) must not drown the others.
/// Pure; counts by the lines' own time.
struct LogRate {
    /// Lines of one message within one second.
    static let perSecond = 50

    private var second: Int64 = .min
    private var counts: [LogMessage: Int] = [:]
    private var heldBack: [LogMessage: Int] = [:]

    /// nil: hold it back. Otherwise how many lines of this message were held back since the last one.
    mutating func admit(_ line: LogLine) -> Int? {
        let now = line.time / 1000
        if now != second {
            second = now
            counts.removeAll(keepingCapacity: true)
        }
        let count = counts[line.message, default: 0]
        guard count < Self.perSecond else {
            heldBack[line.message, default: 0] += 1
            return nil
        }
        counts[line.message] = count + 1
        return heldBack.removeValue(forKey: line.message) ?? 0
    }
}
