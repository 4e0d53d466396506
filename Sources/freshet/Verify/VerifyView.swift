import CommandKit
import FreshetCore
import FreshetWorker

/// A report for people and for programs.
struct VerifyView {
    /// Findings that the table names.
    static let defaultLimit = 20

    let report: VerifyReport
    let graph: Graph
    var limit = defaultLimit
    /// Whether it was asked to repair, and whether it was to do it.
    var repairs = false
    var executes = false

    private typealias Tally = VerifyReport.Tally
    private static let columns: [(title: String, count: @Sendable (VerifyReport.Tally) -> Int)] = [
        ("compared", { $0.compared }), ("equal", { $0.equal }), ("missing", { $0.missing }), ("stale", { $0.stale }),
        ("orphans", { $0.orphans }), ("oversized", { $0.oversized }), ("in flight", { $0.inFlight }),
        ("unsettled", { $0.unsettled }), ("unreadable", { $0.unreadable }),
    ]

    private var shownKinds: [(name: String, tally: VerifyReport.Tally)] {
        zip(graph.kinds, report.kinds).filter { $1.compared > 0 }.map { ($0.name, $1) }
    }

    var text: String {
        var table = Table([.init("kind")] + Self.columns.map { .init($0.title, .right) })
        for (name, tally) in shownKinds { table.add([name] + Self.columns.map { "\($0.count(tally))" }) }
        if shownKinds.count != 1 { table.add(["total"] + Self.columns.map { "\($0.count(report.total))" }) }
        var parts = [table.render()]
        if !report.findings.isEmpty {
            var findings = Table([.init("problem"), .init("key"), .init("entity")])
            for finding in report.findings.prefix(limit) {
                findings.add([finding.problem.rawValue, Self.text(finding.key), finding.entity])
            }
            let more = report.problems - min(limit, report.findings.count)
            parts.append(findings.render() + (more > 0 ? "\n… and \(more) more (--limit shows more of them)" : ""))
        }
        parts.append(notes.joined(separator: "\n"))
        return parts.joined(separator: "\n\n")
    }

    /// What the figures mean, worst first.
    private var notes: [String] {
        var notes: [String] = []
        let total = report.total
        if report.problems == 0 {
            notes.append(total.compared == 0 ? "nothing to compare" : "nothing stale among \(total.compared) keys")
        } else if report.repaired > 0 {
            notes.append("invalidated \(report.repaired) keys")
        } else {
            notes.append(
                repairs && !executes
                    ? "would invalidate \(report.problems) keys: add --execute" : "mend with --repair --execute")
        }
        if total.unsettled > 0 {
            notes.append(
                report.isBehind
                    ? "\(total.unsettled) keys differ, but the workers have not yet applied what was announced: no "
                        + "verdict (`freshet worker` must run and catch up)"
                    : "\(total.unsettled) keys differ each time, but something moves them: no verdict; run it again")
        }
        if report.foreign > 0 {
            let names = report.foreignSample.prefix(3).map(Self.text).joined(separator: ", ")
            notes.append("\(report.foreign) keys under the prefix belong to no kind: \(names)")
        }
        if report.incomparable > 0 {
            notes.append("\(report.incomparable) keys have no SQL to compare them with")
        }
        if report.isCut { notes.append("it was stopped before it was through") }
        return notes
    }

    var json: JSON {
        func tally(_ tally: VerifyReport.Tally) -> [(String, JSON)] {
            Self.columns.map { ($0.title.replacing(" ", with: "-"), .int($0.count(tally))) }
        }
        let findings = report.findings.map { finding in
            JSON.object([
                ("problem", .string(finding.problem.rawValue)), ("key", .string(Self.text(finding.key))),
                ("entity", .string(finding.entity)),
            ])
        }
        return .object(
            tally(report.total) + [
                ("kinds", .object(shownKinds.map { ($0.name, .object(tally($0.tally))) })),
                ("findings", .array(findings)), ("findings-cut", .bool(report.problems > report.findings.count)),
                ("foreign", .int(report.foreign)),
                ("foreign-sample", .array(report.foreignSample.map { .string(Self.text($0)) })),
                ("incomparable", .int(report.incomparable)), ("repaired", .int(report.repaired)),
                ("workers-behind", .bool(report.isBehind)), ("stopped-early", .bool(report.isCut)),
            ])
    }

    static func text(_ key: [UInt8]) -> String { String(decoding: key, as: UTF8.self) }
}
