import CommandKit
import FreshetCore
import FreshetWorker

/// `freshet dlq list`
struct DlqListView {
    struct Row {
        var topic: String
        var state: LetterState
        var copies: Int
        var replays: Int
        var sight: LetterSight
    }

    var rows: [Row]
    /// Letters that are meant, listed or not.
    var total: Int
    /// Columns.
    var width: Int

    var text: String {
        if total == 0 { return "No letters." }
        let showsState = Set(rows.map(\.state)) != [.open]
        var columns: [Table.Column] = [
            .init("id"), .init("failed last"), .init("reason"), .init("kind"), .init("key"), .init("replays", .right),
        ]
        if showsState { columns.append(.init("state")) }
        var table = Table(columns + [.init("message")])
        for row in rows {
            let head = row.sight.head
            var cells = [
                "\(head.origin)", DlqText.time(row.sight.time), head.shortReason,
                row.sight.subject.kinds.joined(separator: ", "), DlqText.bytes(row.sight.key, limit: 24),
                "\(row.replays)",
            ]
            if showsState { cells.append(row.state.rawValue) }
            table.add(cells + [head.message])
        }
        let lines = table.render().split(separator: "\n").map { line in
            line.count > width ? String(line.prefix(width - 1)) + "…" : String(line)
        }
        let more = total > rows.count ? " (the first \(rows.count) are listed; --limit shows more)" : ""
        return (lines + ["", DlqText.letters(total) + more]).joined(separator: "\n")
    }

    var json: JSON { .array(rows.map(Self.json)) }

    static func json(_ row: Row) -> JSON {
        let head = row.sight.head
        return .object([
            ("id", .string("\(head.origin)")), ("state", .string(row.state.rawValue)),
            ("reason", .string(head.reason)), ("message", .string(head.message)),
            ("kinds", .array(row.sight.subject.kinds.map { .string($0) })),
            ("entities", .array(row.sight.subject.entities.map { .string($0) })),
            ("key", .string(row.sight.key.map { DlqText.bytes($0, limit: 4_096) })),
            ("firstFailure", DlqText.json(time: head.firstFailure)),
            ("lastFailure", DlqText.json(time: row.sight.time)), ("attempts", .int(head.attempts)),
            ("replays", .int(row.replays)), ("group", .string(head.group)),
            ("family", .string(head.family.rawValue)), ("copies", .int(row.copies)),
            ("deadLetterTopic", .string(row.topic)), ("partition", .int(Int(row.sight.place.partition))),
            ("offset", .int(row.sight.place.offset)),
        ])
    }
}
