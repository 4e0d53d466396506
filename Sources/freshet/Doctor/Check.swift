import CommandKit

/// One thing that `doctor` looked at: what it is like, and where it isn't right what to do about it.
struct Check: Hashable, Sendable {
    enum Verdict: String, Sendable {
        case ok
        /// It works, but not well, or not for long.
        case warning
        /// It doesn't work.
        case error
    }

    /// `redis.eviction`, `kafka.topic league.changes`
    var name: String
    var verdict: Verdict
    var what: String
    /// What to do; empty where nothing needs to be done.
    var advice = ""

    static func ok(_ name: String, _ what: String) -> Check { Check(name: name, verdict: .ok, what: what) }

    static func warning(_ name: String, _ what: String, _ advice: String) -> Check {
        Check(name: name, verdict: .warning, what: what, advice: advice)
    }

    static func error(_ name: String, _ what: String, _ advice: String) -> Check {
        Check(name: name, verdict: .error, what: what, advice: advice)
    }

    var json: JSON {
        [
            "name": .string(name), "verdict": .string(verdict.rawValue), "what": .string(what),
            "advice": .string(advice),
        ]
    }
}
