import FreshetCore

/// The funnel from everything that can go wrong with Redis to `Fault`.
package enum RedisFault {
    /// An error reply. Its first word is the code by which one place decides what to do.
    package static func of(errorReply line: String, from address: String) -> Fault {
        let word = line.prefix { $0 != " " }
        return Fault(.redis, .redis(String(word)), "Redis at \(address) answered: \(line.prefix(300))")
    }

    static func of(_ code: Fault.Code, _ what: String, at address: String) -> Fault {
        Fault(.redis, code, "Redis at \(address): \(what)")
    }

    static func of(_ code: Fault.Code, _ what: String, errno number: Int32, at address: String) -> Fault {
        of(code, "\(what): \(systemMessage(number))", at: address)
    }

    static func unexpected(_ reply: RedisReply, to what: String, at address: String) -> Fault {
        if case .error(let line) = reply { return of(errorReply: line, from: address) }
        return of(.protocolViolation, "unexpected answer to \(what)", at: address)
    }
}
