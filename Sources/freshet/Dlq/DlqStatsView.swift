import CommandKit
import FreshetWorker

/// `freshet dlq stats`
struct DlqStatsView {
    /// Characters of the longest bar.
    private static let bar = 40
    /// Rows of one table.
    private static let rows = 20

    let stats: LetterStats

    init(_ stats: LetterStats) { self.stats = stats }

    var text: String {
        var parts = [summary]
        if stats.open > 0 {
            parts.append(Self.counts("reason", stats.reasons))
            parts.append(Self.counts("kind", stats.kinds))
            let ages = Table(
                [.init("age"), .init("letters", .right)], rows: stats.ages.map { [$0.name, "\($0.count)"] })
            parts.append(ages.render())
            parts.append(hours)
        }
        return parts.joined(separator: "\n\n")
    }

    private var summary: String {
        func count(_ state: LetterState) -> Int { stats.states[state] ?? 0 }
        var lines = ["\(DlqText.letters(stats.open)) open"]
        if let oldest = stats.oldest, let newest = stats.newest {
            lines[0] += ", the oldest of \(DlqText.time(oldest)), the newest of \(DlqText.time(newest))"
        }
        if stats.replayed > 0 { lines.append("\(stats.replayed) of them failed again after a retry") }
        lines.append("\(count(.retried)) retried, \(count(.parked)) parked, \(count(.discarded)) discarded")
        return lines.joined(separator: "\n")
    }

    private static func counts(_ title: String, _ counts: [String: Int]) -> String {
        var table = Table([.init(title), .init("letters", .right)])
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (name, count) in sorted.prefix(rows) { table.add([name.isEmpty ? "(not known)" : name, "\(count)"]) }
        if sorted.count > rows {
            table.add(["… \(sorted.count - rows) more", "\(sorted.dropFirst(rows).reduce(0) { $0 + $1.value })"])
        }
        return table.render()
    }

    private var hours: String {
        let most = max(1, stats.perHour.map(\.count).max() ?? 1)
        let width = "\(most)".count
        let lines = stats.perHour.map { hour in
            let length = hour.count == 0 ? 0 : max(1, hour.count * Self.bar / most)
            let count = String(repeating: " ", count: width - "\(hour.count)".count) + "\(hour.count)"
            let bar = length > 0 ? " " + String(repeating: "█", count: length) : ""
            return "\(DlqText.time(hour.start).prefix(16))  \(count)\(bar)"
        }
        return (["LAST FAILURE, PER HOUR (UTC)"] + lines).joined(separator: "\n")
    }

    var json: JSON {
        func object(_ counts: [String: Int]) -> JSON {
            .object(counts.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) })
        }
        return .object([
            ("open", .int(stats.open)), ("retried", .int(stats.states[.retried] ?? 0)),
            ("parked", .int(stats.states[.parked] ?? 0)), ("discarded", .int(stats.states[.discarded] ?? 0)),
            ("failedAgain", .int(stats.replayed)), ("oldest", DlqText.json(time: stats.oldest)),
            ("newest", DlqText.json(time: stats.newest)), ("reasons", object(stats.reasons)),
            ("kinds", object(stats.kinds)), ("ages", .object(stats.ages.map { ($0.name, .int($0.count)) })),
            (
                "perHour",
                .array(
                    stats.perHour.map { hour in
                        .object([("hour", DlqText.json(time: hour.start)), ("count", .int(hour.count))])
                    })
            ),
        ])
    }
}
