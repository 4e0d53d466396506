import CommandKit
import FreshetCore

/// What a run found, as a table and as JSON.
package struct ChaosReport {
    struct Line {
        var times = 0
        /// Milliseconds from the mend until every record there was then had been applied.
        var recoveries: [Int64] = []
        var stale = 0
        var naive = 0
    }

    var seed: UInt64
    var broker: String
    var workers: Int
    var lines: [ChaosFault: Line] = [:]
    var seconds = 0
    var comparisons = 0
    var compared = 0
    var unaccounted: Int64 = 0
    var skipped: Int64 = 0
    var records: Int64 = 0
    var decisions: [String: Int] = [:]
    var crew = ChaosCrew.Counts()
    /// Of a run with `--account`.
    var topics: TopicAccount?
    /// Everything that must not happen.
    var problems: [String] = []

    var faults: Int { lines.values.reduce(0) { $0 + $1.times } }
    var stale: Int { lines.values.reduce(0) { $0 + $1.stale } }
    var naive: Int { lines.values.reduce(0) { $0 + $1.naive } }
    package var isFine: Bool { problems.isEmpty && stale == 0 && unaccounted == 0 }

    package func render() -> String {
        var table = Table([
            .init("fault"), .init("times", .right), .init("recovery median", .right), .init("max", .right),
            .init("stale at rest", .right), .init("by naive readers", .right),
        ])
        for fault in ChaosFault.allCases {
            guard let line = lines[fault] else { continue }
            table.add([
                fault.rawValue, "\(line.times)", Self.time(line.median), Self.time(line.recoveries.max()),
                "\(line.stale)", "\(line.naive)",
            ])
        }
        let all = Line(times: faults, recoveries: lines.values.flatMap(\.recoveries), stale: stale, naive: naive)
        table.add([
            "all", "\(all.times)", Self.time(all.median), Self.time(all.recoveries.max()), "\(stale)", "\(naive)",
        ])
        var words = [table.render(), ""]
        words.append(
            "\(faults) faults in \(seconds) s on \(broker) with \(workers) workers (seed \(seed)); "
                + "\(comparisons) comparisons at rest, \(compared) keys")
        words.append(
            "\(crew.changes) changes (\(crew.captured) captured before they were visible), \(records) records: "
                + "\(unaccounted) unaccounted for, \(skipped) skipped by rebuilds"
        )
        words.append(
            "readers: \(crew.hits) hits, \(crew.fills) leased fills (\(crew.refusedFills) refused), "
                + "\(crew.plainFills) plain fills")
        if let topics { words += accountLines(topics) }
        for problem in problems { words.append("broken: \(problem)") }
        words.append(isFine ? "fine: nothing stale, nothing lost" : "BROKEN")
        return words.joined(separator: "\n")
    }

    package var json: JSON {
        let faults: [JSON] = ChaosFault.allCases.compactMap { fault in
            guard let line = lines[fault] else { return nil }
            return .object([
                ("fault", .string(fault.rawValue)), ("times", .int(line.times)),
                ("recovery-median-ms", .int(line.median)), ("recovery-max-ms", .int(line.recoveries.max())),
                ("stale", .int(line.stale)), ("stale-by-naive-readers", .int(line.naive)),
            ])
        }
        return .object([
            ("seed", .string("\(seed)")), ("broker", .string(broker)), ("workers", .int(workers)),
            ("seconds", .int(seconds)), ("faults", .int(self.faults)), ("comparisons", .int(comparisons)),
            ("keys-compared", .int(compared)), ("stale", .int(stale)), ("stale-by-naive-readers", .int(naive)),
            ("changes", .int(crew.changes)), ("captured-before-visible", .int(crew.captured)),
            ("records", .int(records)), ("unaccounted", .int(unaccounted)),
            ("skipped-by-rebuilds", .int(skipped)),
            ("leased-fills", .int(crew.fills)), ("leased-fills-refused", .int(crew.refusedFills)),
            ("plain-fills", .int(crew.plainFills)),
            (
                "decisions",
                .object(decisions.sorted { $0.key < $1.key }.map { ($0.key, JSON.int($0.value)) })
            ),
            ("account", topics.map(Self.json) ?? .null),
            ("by-fault", .array(faults)), ("problems", .array(problems.map { .string($0) })), ("fine", .bool(isFine)),
        ])
    }

    private func accountLines(_ topics: TopicAccount) -> [String] {
        func line(_ counts: OutcomeCounts) -> String {
            "\(counts.applied) applied + \(counts.superseded) superseded + \(counts.ignored) ignored "
                + "+ \(counts.deadLettered) dead-lettered + \(counts.deferred) deferred = \(counts.total)"
        }
        return [
            "\(crew.poison) poison records and \(crew.busy) busy rows among the events",
            "topics: \(topics.consumed) records; counted: \(line(topics.sources))",
            "retry topics: \(topics.retried) records of \(topics.deferredByOrigin) origins; "
                + "counted: \(line(topics.retries))",
            "dead-letter topics: \(topics.letters) letters of \(topics.deadByOrigin) origins",
        ]
    }

    private static func json(_ topics: TopicAccount) -> JSON {
        .object([
            ("records", .int(topics.consumed)), ("counted", .int(topics.sources.total)),
            ("dead-lettered", .int(topics.sources.deadLettered)), ("deferred", .int(topics.sources.deferred)),
            ("retry-records", .int(topics.retried)), ("retry-counted", .int(topics.retries.total)),
            ("letters", .int(topics.letters)), ("letters-by-origin", .int(topics.deadByOrigin)),
            ("retries-by-origin", .int(topics.deferredByOrigin)),
        ])
    }

    private static func time(_ milliseconds: Int64?) -> String {
        guard let milliseconds else { return "-" }
        return milliseconds < 10_000 ? "\(milliseconds) ms" : "\(milliseconds / 1000).\(milliseconds / 100 % 10) s"
    }
}

extension ChaosReport.Line {
    /// Of an even number the mean of the two in the middle.
    var median: Int64? {
        let sorted = recoveries.sorted()
        guard let middle = sorted.indices.dropFirst(sorted.count / 2).first else { return nil }
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
