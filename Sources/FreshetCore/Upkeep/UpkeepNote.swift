/// What was done last for a kind, as the control record keeps it: it is lost with the cache that it speaks of.
package struct UpkeepNote: Hashable, Sendable {
    package enum Work: String, Sendable, CaseIterable {
        /// Nothing yet: the first refresh was put on the calendar.
        case scheduled
        case warm
        case check
        case rebuild
        case refresh
    }

    package var work: Work
    /// It is not through. Whoever finds it with nobody at it does it again.
    package var isBegun: Bool
    /// Milliseconds since 1970.
    package var time: Int64
    /// When the next refresh is due; 0: never.
    package var next: Int64
    /// Handed out before it began: what was invalidated with a higher one was invalidated afterwards.
    package var ticket: Int64
    /// The kind's fingerprint.
    package var fingerprint: String

    package init(work: Work, isBegun: Bool, time: Int64, next: Int64, ticket: Int64, fingerprint: String) {
        self.work = work
        self.isBegun = isBegun
        self.time = time
        self.next = next
        self.ticket = ticket
        self.fingerprint = fingerprint
    }

    /// nil where the text says nothing that is understood here: then nothing is known.
    package init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 6, let work = Work(rawValue: String(words[0])), let time = Int64(words[2]),
            let next = Int64(words[3]), let ticket = Int64(words[4])
        else { return nil }
        self.init(
            work: work, isBegun: words[1] == "begun", time: time, next: next, ticket: ticket,
            fingerprint: String(words[5]))
    }

    package var text: String {
        "\(work.rawValue) \(isBegun ? "begun" : "done") \(time) \(next) \(ticket) \(fingerprint)"
    }

    package static func name(_ kind: String) -> String { "upkeep:\(kind)" }
}
