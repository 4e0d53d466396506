import FreshetConfig
import FreshetCore

/// What the process says to its caller.
package enum ExitCode: Int32, Sendable {
    case fine = 0
    /// It found what it looks for: stale keys, findings, dead letters over a limit.
    case found = 1
    /// Usage or configuration.
    case usage = 2
    /// A dependency can't be reached.
    case unreachable = 3
    case fatal = 4
    /// Ended by a second signal.
    case interrupted = 130

    /// The one place that decides with which code an error ends a command.
    package static func of(_ error: any Error) -> ExitCode {
        switch error {
        case let failure as CommandFailure: failure.exit
        case is UsageError, is ConfigProblems, is ConfigProblem: .usage
        case let fault as Fault: isUnreachable(fault) ? .unreachable : .fatal
        default: .fatal
        }
    }

    private static func isUnreachable(_ fault: Fault) -> Bool {
        switch fault.code {
        case .cannotConnect, .connectionLost, .timeout, .notPrimary: true
        case .protocolViolation, .misconfigured: false
        // Connection exceptions, refused authorisation, server starting or stopping, too many connections.
        case .sqlState(let state): ["08", "28", "57"].contains(state.prefix(2)) || state == "53300"
        case .redis(let word):
            ["LOADING", "NOAUTH", "WRONGPASS", "MASTERDOWN", "CLUSTERDOWN", "READONLY"].contains(word)
        case .kafka(let name, let fatal):
            !fatal && ["_TRANSPORT", "_ALL_BROKERS_DOWN", "_TIMED_OUT", "_RESOLVE", "_AUTHENTICATION"].contains(name)
        }
    }
}
