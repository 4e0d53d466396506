/// What is done about a failure. Decided here and nowhere else.
package enum Disposition: String, Sendable, CaseIterable {
    /// Transient, of this event: try again in place, then through the retry topic.
    case retry
    /// Of this event, permanent: dead-letter it alone.
    case reject
    /// Of a dependency: take no more work, keep membership, go on when it is back.
    case pause
    /// A bug or a misconfiguration: stop with a clear message, commit nothing.
    case fatal

    package static func of(_ fault: Fault) -> Disposition {
        switch fault.code {
        case .cannotConnect, .connectionLost, .timeout, .notPrimary, .protocolViolation: .pause
        case .misconfigured: .fatal
        case .sqlState(let state): of(sqlState: state)
        case .redis(let word): of(redis: word)
        case .kafka(let name, let fatal): of(kafka: name, fatal: fatal)
        }
    }

    /// SQLSTATE classes, after appendix A of PostgreSQL's manual.
    package static func of(sqlState state: String) -> Disposition {
        switch state {
        // Statement time-out and lock time-out hit one statement; the cancel by an administrator looks the same.
        case "57014", "55P03": return .retry
        default: break
        }
        switch state.prefix(2) {
        // The values of this event don't suit the statement: data exceptions, constraints, raised errors, and plans too
        // complex for these values.
        case "22", "23", "44", "P0", "21", "54": return .reject
        // Another transaction was in the way.
        case "40", "55": return .retry
        // Everything else says something about the server, the schema or our rights to it, never about one event:
        // missing table or right (42, 3F, 28, 3D) too, because a deploy that goes wrong is mended and must cost no
        // event.
        default: return .pause
        }
    }

    package static func of(redis word: String) -> Disposition {
        switch word {
        // A script that answers these has a bug: it was called with keys or arguments that it refuses.
        case "WRONGTYPE", "CROSSSLOT": .fatal
        // LOADING, READONLY, OOM, NOPERM, NOAUTH, WRONGPASS, MISCONF, CLUSTERDOWN, TRYAGAIN, MASTERDOWN, NOREPLICAS,
        // BUSY, NOSCRIPT, UNKILLABLE, ERR …: the server's state or our rights; a wrong password is mended while we
        // wait.
        default: .pause
        }
    }

    package static func of(kafka name: String, fatal: Bool) -> Disposition {
        if fatal { return .fatal }
        switch name {
        // Too large for the topic's bound: of this record, whatever we do.
        case "MSG_SIZE_TOO_LARGE", "INVALID_MSG_SIZE", "INVALID_MSG", "INVALID_RECORD": return .reject
        case "_INVALID_ARG", "_UNKNOWN_PROTOCOL", "_NOT_IMPLEMENTED", "UNSUPPORTED_FOR_MESSAGE_FORMAT",
            "FENCED_INSTANCE_ID", "INCONSISTENT_GROUP_PROTOCOL", "INVALID_SESSION_TIMEOUT":
            return .fatal
        default: return .pause
        }
    }
}
