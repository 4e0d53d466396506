import FreshetCore

/// The one way from libpq's errors to `Fault`.
enum PostgresFault {
    /// Bytes of a message.
    static let bound = 600

    /// The error of a result. One whose severity is FATAL or PANIC, or that libpq made itself, ends the connection.
    static func of(_ result: borrowing PostgresResult, doing what: String) -> (fault: Fault, endsConnection: Bool) {
        guard let state = result.field("C"), let severity = result.field("V") else {
            return (Fault(.postgres, .connectionLost, bounded("\(what): \(oneLine(result.errorMessage))")), true)
        }
        var message = "\(what): \(result.field("M") ?? "error") (SQLSTATE \(state))"
        if let detail = result.field("D") { message += "; \(detail)" }
        if let hint = result.field("H") { message += "; hint: \(hint)" }
        if let position = result.field("P") { message += "; at character \(position)" }
        let isOver = severity == "FATAL" || severity == "PANIC"
        return (Fault(.postgres, isOver ? .connectionLost : .sqlState(state), bounded(oneLine(message))), isOver)
    }

    /// A connection that didn't come up. The text was asked for in its verbose form, `FATAL:  28P01: …`, because libpq
    /// has no other way to tell the SQLSTATE here.
    static func connecting(to place: String, _ text: String) -> Fault {
        let message = "connect to \(place): \(oneLine(withoutLocation(text)))"
        // libpq's own words when `target_session_attrs` wants a primary and this is none.
        if text.contains("hot standby mode") { return Fault(.postgres, .notPrimary, bounded(message)) }
        guard let state = sqlState(in: text) else { return Fault(.postgres, .cannotConnect, bounded(message)) }
        return Fault(.postgres, .sqlState(state), bounded(message))
    }

    static func sqlState(in text: String) -> String? {
        let words = text.split { $0 == " " || $0 == "\n" }
        for (severity, state) in zip(words, words.dropFirst()) {
            guard severity.last == ":", state.last == ":" else { continue }
            let code = state.dropLast()
            let isState =
                code.utf8.count == 5 && code.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
            if isState, code.utf8.contains(where: { (48...57).contains($0) }) { return String(code) }
        }
        return nil
    }

    private static func withoutLocation(_ text: String) -> String {
        text.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }.joined(separator: "\n")
    }

    static func oneLine(_ text: String) -> String {
        text.split { $0 == "\n" || $0 == "\r" || $0 == "\t" }.joined(separator: " ")
    }

    static func bounded(_ text: String) -> String {
        text.utf8.count <= bound ? text : String(decoding: text.utf8.prefix(bound), as: UTF8.self) + "…"
    }
}
