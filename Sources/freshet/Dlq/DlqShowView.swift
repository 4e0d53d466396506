import CommandKit
import FreshetCore
import FreshetWorker

/// One letter in full: `freshet dlq show`.
struct DlqShowView {
    /// What a worker would do with the record today.
    enum Prospect {
        case cascades([(entity: String, explanation: Explanation)])
        /// A sentence about why nothing can be shown.
        case none(String)
    }

    var row: DlqListView.Row
    var record: RecordCopy
    var prospect: Prospect

    var text: String {
        let head = row.sight.head
        var facts: [(String, String)] = [
            ("failed", failed), ("reason", head.reason), ("message", head.message), ("state", row.state.rawValue),
            ("written by", writer),
            ("letter", "\(row.topic)/\(row.sight.place.partition)/\(row.sight.place.offset)\(copies)"),
            ("timestamp", DlqText.time(head.originTimestamp ?? record.timestamp)),
            ("key", DlqText.bytes(row.sight.key)),
        ]
        if let trace = head.traceparent { facts.append(("trace", trace)) }
        let width = facts.map(\.0.count).max() ?? 0
        let lines = facts.filter { !$0.1.isEmpty }.map { name, value in
            "  \(name)\(String(repeating: " ", count: width - name.count))  \(value)"
        }
        return
            (["\(head.origin)"] + lines + ["", "  payload, \(record.value?.count ?? 0) bytes"]
            + Self.inset(PayloadText.render(record.value)) + headers + ["", "  if it were retried now"]
            + Self.inset(future)).joined(separator: "\n")
    }

    private var failed: String {
        let head = row.sight.head
        var text = DlqText.time(row.sight.time)
        if let first = head.firstFailure, first < row.sight.time { text += ", first \(DlqText.time(first))" }
        if head.attempts > 0 { text += ", tried \(DlqText.times(head.attempts))" }
        if row.replays > 0 { text += ", sent again \(DlqText.times(row.replays))" }
        return text
    }

    private var writer: String {
        let head = row.sight.head
        switch head.family {
        case .freshet: return "freshet \(head.version ?? "") for the group \(head.group ?? "")"
        case .spring: return "Spring Kafka" + (head.group.map { " for the group \($0)" } ?? "")
        case .connect: return "Kafka Connect" + (head.group.map { " for the group \($0)" } ?? "")
        case .karafka: return "Karafka" + (head.group.map { " for the group \($0)" } ?? "")
        case .none: return "somebody whose headers are not known: the letter stands for itself"
        }
    }

    private var copies: String { row.copies > 1 ? ", the newest of \(row.copies)" : "" }

    private var headers: [String] {
        let others = record.headers.filter { !$0.name.hasPrefix(LetterWriter.family) }
        if others.isEmpty { return ["", "  headers", "    none but the letter's own"] }
        return ["", "  headers"] + others.map { "    \($0.name): \(DlqText.bytes($0.value))" }
    }

    private var future: String {
        switch prospect {
        case .none(let why): return why
        case .cascades(let all):
            return all.map { ExplanationView($0.explanation).text }.joined(separator: "\n\n")
        }
    }

    private static func inset(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
    }

    var json: JSON {
        guard case .object(let members) = DlqListView.json(row) else { return .null }
        let (prospect, why): (JSON, JSON) =
            switch prospect {
            case .none(let why): (.null, .string(why))
            case .cascades(let all):
                (
                    .array(
                        all.map { one in
                            .object([
                                ("entity", .string(one.entity)), ("cascade", ExplanationView(one.explanation).json),
                            ])
                        }), .null
                )
            }
        return .object(
            members + [
                ("timestamp", DlqText.json(time: row.sight.head.originTimestamp ?? record.timestamp)),
                ("payload", .string(record.value.flatMap(DlqText.text))),
                ("payloadBase64", .string(record.value.map(DlqJSON.base64))),
                ("headers", DlqJSON.headers(record.headers)), ("cascades", prospect), ("noCascade", why),
            ])
    }
}
