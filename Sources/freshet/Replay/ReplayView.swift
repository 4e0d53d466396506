import CommandKit
import FreshetCore
import FreshetWorker

/// What a replay did, for people and for programs.
struct ReplayView {
    let report: ReplayReport
    let settings: ReplaySettings
    let stretches: [ReplayStretch]
    let isResumed: Bool
    var verification: VerifyReport?

    private var rate: Int { Int(Double(report.records) / max(0.001, Double(report.time) / 1_000_000_000)) }

    private var counts: [(name: String, count: Int)] {
        var counts = [("records", report.records)]
        if settings.isRaw { return counts }
        counts += [("rejected", report.rejected), ("entities", report.entities), ("dependants", report.reached)]
        counts.append(("windows", report.windows))
        if let keys = report.keys { counts.append(("keys", keys)) }
        if !settings.isDry { counts += [("refreshed", report.refreshed), ("invalidated", report.invalidated)] }
        return counts
    }

    var text: String {
        var table = Table([.init("replay"), .init("count", .right)])
        for (name, count) in counts { table.add([name, "\(count)"]) }
        var lines = [table.render(), ""]
        let seconds = Double(report.time / 10_000_000) / 100
        lines.append("\(seconds) s, \(rate) records/s\(isResumed ? ", gone on where an earlier run had stopped" : "")")
        if settings.isDry {
            lines.append(
                "Would touch \(report.keys ?? 0) keys of \(report.entities + report.reached) entities. Nothing was "
                    + "changed; add --execute.")
        }
        if report.isCut { lines.append("It was stopped before it was through: the same command goes on from there.") }
        if let verification { lines.append("Verified: \(verification.wrong) keys are wrong.") }
        return lines.joined(separator: "\n")
    }

    var json: JSON {
        .object(
            counts.map { ($0.name, .int($0.count)) } + [
                ("executed", .bool(!settings.isDry && !settings.isRaw)), ("resumed", .bool(isResumed)),
                ("stopped-early", .bool(report.isCut)),
                ("seconds", .double(Double(report.time) / 1_000_000_000)), ("records-per-second", .int(rate)),
                ("wrong", .int(verification.map { Int64($0.wrong) })),
                (
                    "partitions",
                    .array(
                        stretches.map { stretch in
                            .object([
                                ("partition", .string(stretch.partition.description)), ("from", .int(stretch.from)),
                                ("to", .int(stretch.to)), ("next", .int(stretch.next)),
                            ])
                        })
                ),
            ])
    }
}
