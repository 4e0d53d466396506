import CommandKit
import FreshetConfig

/// What `graph check` found at one place of the graph.
struct GraphFinding: Hashable, Sendable {
    enum Severity: String, Sendable {
        /// It will not work.
        case error
        /// It will work, but badly.
        case warning
        /// Only the author knows.
        case question
    }

    var severity: Severity
    var place: Place
    /// `kind match, key match:{id}`
    var subject: String
    var wrong: String
    var right: String

    var json: JSON {
        [
            "severity": .string(severity.rawValue), "line": .int(place.line), "setting": .string(place.path),
            "subject": .string(subject), "wrong": .string(wrong), "right": .string(right),
        ]
    }

    /// `league.yaml:12: warning: edge team → match: …`
    func line(file: String) -> String {
        let advice = right.isEmpty ? "" : "; \(right)"
        return "\(file):\(place.line): \(severity.rawValue): \(subject): \(wrong)\(advice)"
    }
}
