import CommandKit
import Telemetry

/// What a process did with the records that it received: each ended as exactly one of these, so the account adds up.
package struct Account: Sendable {
    private let snapshot: MetricsSnapshot

    package init(_ snapshot: MetricsSnapshot) { self.snapshot = snapshot }

    package var received: Int64 { snapshot[.received] }

    /// Records by what became of them. `repeated` ones were delivered again and counted before; `dropped` ones belong
    /// to an assignment that was over, so somebody else counts them.
    package var records: [(name: String, count: Int64)] {
        OutcomeLabel.allCases.map { ($0.text, snapshot[.records($0)]) }
            + [("repeated", snapshot[.repeated]), ("dropped", snapshot[.dropped])]
    }

    package var addsUp: Bool { received == records.reduce(0) { $0 + $1.count } }

    private var effects: [(name: String, count: Int64)] {
        KeyActionLabel.allCases.map { ("keys \($0.text)", snapshot[.keys($0)]) }
            + [
                ("batches", snapshot[.batches]), ("script calls", snapshot[.chunks]),
                ("recovery decisions", recoveries), ("rebuilds", snapshot[.rebuilds]),
                ("commits", snapshot[.commits(.ok)]),
                ("failures of dependencies", snapshot.faults),
                ("pauses", DependencyLabel.allCases.reduce(0) { $0 + snapshot[.pauses($1)] }),
            ]
    }

    private var recoveries: Int64 {
        RecoveryLabel.allCases.reduce(0) { sum, found in
            StrategyLabel.allCases.reduce(sum) { $0 + snapshot[.recoveries(found, $1)] }
        }
    }

    /// Of the ages that any sample has reached.
    private var consistency: [(age: SampleAgeLabel, ratio: Double, checked: Int64, stale: Int64)] {
        SampleAgeLabel.allCases.compactMap { age in
            let stale = snapshot[.samples(age, .stale)]
            let checked = stale + snapshot[.samples(age, .consistent)] + snapshot[.samples(age, .absent)]
            return checked > 0 ? (age, Double(checked - stale) / Double(checked), checked, stale) : nil
        }
    }

    private var times: [(name: String, histogram: HistogramSnapshot)] {
        [("freshness", snapshot[.freshness]), ("reaction", snapshot[.reaction])]
    }

    package func table() -> Table {
        var table = Table([.init("account"), .init("count", .right)])
        table.add(["records received", "\(received)"])
        for (name, count) in records { table.add(["  \(name)", "\(count)"]) }
        table.add(["  adds up", addsUp ? "yes" : "NO"])
        for (name, count) in effects { table.add([name, "\(count)"]) }
        for (name, histogram) in times where histogram.count > 0 {
            table.add(["\(name) p50 / p99 / max", Self.triple(histogram)])
        }
        for figure in consistency {
            let percent = (figure.ratio * 1e5).rounded(.down) / 1e3
            table.add(["consistent after \(figure.age.text)", "\(percent) % of \(figure.checked)"])
        }
        return table
    }

    package func json() -> JSON {
        var members: [(String, JSON)] = [("received", .int(received))]
        members += records.map { ($0.name, .int($0.count)) }
        members.append(("adds-up", .bool(addsUp)))
        members += effects.map { ($0.name.replacing(" ", with: "-"), .int($0.count)) }
        for (name, histogram) in times where histogram.count > 0 {
            members.append(
                (
                    "\(name)-ms",
                    .object([
                        ("p50", .double(Self.milliseconds(histogram.quantile(0.5)))),
                        ("p99", .double(Self.milliseconds(histogram.quantile(0.99)))),
                        ("max", .double(Self.milliseconds(histogram.largest))),
                    ])
                ))
        }
        if !consistency.isEmpty {
            members.append(
                (
                    "consistency",
                    .object(
                        consistency.map { figure in
                            (
                                figure.age.text,
                                .object([
                                    ("ratio", .double(figure.ratio)), ("checked", .int(figure.checked)),
                                    ("stale", .int(figure.stale)),
                                ])
                            )
                        })
                ))
        }
        return .object(members)
    }

    /// The same for a log line.
    package func fields() -> LogFields {
        var fields: LogFields = ["received": .int(received)]
        for (name, count) in records + effects where count > 0 {
            fields = fields + LogFields(dictionaryLiteral: (name.replacing(" ", with: "-"), .int(count)))
        }
        for (name, histogram) in times where histogram.count > 0 {
            fields =
                fields + LogFields(dictionaryLiteral: ("\(name)-p99", .duration(UInt64(histogram.quantile(0.99)))))
        }
        for figure in consistency {
            fields =
                fields
                + LogFields(dictionaryLiteral: ("consistency-\(figure.age.text)", .string("\(figure.ratio)")))
        }
        return fields
    }

    private static func triple(_ histogram: HistogramSnapshot) -> String {
        [histogram.quantile(0.5), histogram.quantile(0.99), histogram.largest]
            .map { milliseconds($0) < 10_000 ? "\(milliseconds($0)) ms" : "\($0 / 1_000_000_000) s" }
            .joined(separator: " / ")
    }

    /// With one digit behind the point.
    private static func milliseconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds / 100_000) / 10 }
}
