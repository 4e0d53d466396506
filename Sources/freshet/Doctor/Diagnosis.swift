import CommandKit
import FreshetCore

/// What was found at one dependency.
struct Diagnosis: Sendable {
    /// A clock that was read, against this machine's.
    struct Clock: Hashable, Sendable {
        var name: String
        /// Milliseconds that it is ahead of this machine's.
        var ahead: Int64
        /// Milliseconds that reading it took: it can't be known better.
        var uncertainty: Int64
    }

    var checks: [Check] = []
    var clocks: [Clock] = []
    /// The server didn't answer.
    var isAway = false

    mutating func ok(_ name: String, _ what: String) { checks.append(.ok(name, what)) }

    mutating func warn(_ name: String, _ what: String, _ advice: String) {
        checks.append(.warning(name, what, advice))
    }

    mutating func fail(_ name: String, _ what: String, _ advice: String) { checks.append(.error(name, what, advice)) }

    /// A question that a server didn't answer, or refused.
    mutating func fail(_ name: String, _ fault: Fault, _ advice: String) {
        if ExitCode.of(fault) == .unreachable { isAway = true }
        fail(name, fault.message, advice)
    }

    /// Reads a clock between two looks at our own; `read` gives milliseconds since 1970.
    mutating func clock(_ name: String, _ read: () throws(Fault) -> Int64?) throws(Fault) {
        let before = MachineClock.wall()
        guard let theirs = try read() else { return }
        let after = MachineClock.wall()
        clocks.append(
            Clock(name: name, ahead: theirs - (before + (after - before) / 2), uncertainty: (after - before) / 2))
    }
}
