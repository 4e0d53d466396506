import CommandKit
import FreshetCore
import FreshetWorker

/// What `warm` did, for people and for programs.
struct WarmView {
    let report: WarmReport
    let graph: Graph
    let isDry: Bool

    private var shownKinds: [(name: String, tally: WarmReport.Tally)] {
        zip(graph.kinds, report.kinds).filter { $1.entities > 0 }.map { ($0.name, $1) }
    }

    private static func cells(_ tally: WarmReport.Tally) -> [(name: String, count: Int)] {
        [
            ("entities", tally.entities), ("written", tally.written), ("invalidated", tally.invalidated),
            ("left", tally.left),
        ]
    }

    var text: String {
        var table = Table([.init("kind")] + Self.cells(.init()).map { .init($0.name, .right) })
        for (name, tally) in shownKinds { table.add([name] + Self.cells(tally).map { "\($0.count)" }) }
        if shownKinds.count != 1 { table.add(["total"] + Self.cells(report.total).map { "\($0.count)" }) }
        var lines = [table.render(), ""]
        if isDry {
            lines.append("would load \(report.total.entities) entities: add --execute")
        } else {
            lines.append("wrote \(report.total.written) keys")
        }
        if report.total.left > 0 {
            lines.append("\(report.total.left) entities were touched by workers again and again, and left to them")
        }
        if report.isCut { lines.append("it was stopped before it was through") }
        return lines.joined(separator: "\n")
    }

    var json: JSON {
        func members(_ tally: WarmReport.Tally) -> [(String, JSON)] {
            Self.cells(tally).map { ($0.name, .int($0.count)) }
        }
        return .object(
            members(report.total) + [
                ("kinds", .object(shownKinds.map { ($0.name, .object(members($0.tally))) })),
                ("bytes", .int(report.bytes)), ("pages", .int(report.pages)), ("dry-run", .bool(isDry)),
                ("stopped-early", .bool(report.isCut)),
            ])
    }
}
