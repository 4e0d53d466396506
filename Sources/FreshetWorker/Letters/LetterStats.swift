/// How many letters there are, by what matters to somebody who has just been woken up.
package struct LetterStats: Sendable {
    package struct Age: Sendable {
        package var name: String
        /// Milliseconds; younger ones count here.
        var below: Int64
        package var count: Int
    }

    /// Hours that are shown one by one.
    package static let hours = 24

    package private(set) var states: [LetterState: Int] = [:]
    /// Of open letters, as are those that follow.
    package private(set) var reasons: [String: Int] = [:]
    package private(set) var kinds: [String: Int] = [:]
    package private(set) var ages: [Age]
    /// The start of each of the last hours (milliseconds since 1970), oldest first, and how many failed in it.
    package private(set) var perHour: [(start: Int64, count: Int)]
    package private(set) var replayed = 0
    package private(set) var oldest: Int64?
    package private(set) var newest: Int64?

    private let now: Int64

    package init(now: Int64) {
        self.now = now
        let hour: Int64 = 3_600_000
        ages = [
            Age(name: "under an hour", below: hour, count: 0), Age(name: "under 6 hours", below: 6 * hour, count: 0),
            Age(name: "under a day", below: 24 * hour, count: 0),
            Age(name: "under a week", below: 168 * hour, count: 0),
            Age(name: "older", below: .max, count: 0),
        ]
        let current = now - now % hour
        perHour = (0..<Self.hours).reversed().map { (current - Int64($0) * hour, 0) }
    }

    package mutating func add(_ index: LetterIndex) {
        index.forEach { entry in
            let state = index.state(entry)
            states[state, default: 0] += 1
            guard state == .open else { return }
            reasons[index.reason(entry), default: 0] += 1
            kinds[index.kind(entry), default: 0] += 1
            if entry.replays > 0 { replayed += 1 }
            guard entry.time >= 0 else { return }
            if let place = ages.firstIndex(where: { now - entry.time < $0.below }) { ages[place].count += 1 }
            if let place = perHour.lastIndex(where: { $0.start <= entry.time }) { perHour[place].count += 1 }
            oldest = min(oldest ?? entry.time, entry.time)
            newest = max(newest ?? entry.time, entry.time)
        }
    }

    package var open: Int { states[.open] ?? 0 }
}
