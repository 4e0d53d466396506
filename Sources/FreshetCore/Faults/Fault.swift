/// A failure of a dependency, typed where it is caught (one funnel per library) so that one place can decide about it.
package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// No connection could be made (refused, name not found, TLS).
        case cannotConnect
        /// The connection ended or broke while it was used.
        case connectionLost
        /// Our own deadline passed; the connection was dropped, and what was asked may or may not have happened.
        case timeout
        /// The other side said something that its protocol doesn't allow, or more than our bound.
        case protocolViolation
        /// A PostgreSQL error with its five-character SQLSTATE.
        case sqlState(String)
        /// A Redis error reply's first word: `LOADING`, `READONLY`, `OOM`, `NOPERM`, `ERR` …
        case redis(String)
        /// A librdkafka error: its name as `rd_kafka_err2name` gives it, and whether librdkafka calls it fatal.
        case kafka(name: String, fatal: Bool)
        /// PostgreSQL answered, but it is in recovery: a replica, or a primary that was demoted.
        case notPrimary
        /// Everything answers, but what it says can't go together with this deployment's settings: someone must decide.
        case misconfigured
    }

    package var dependency: Dependency
    package var code: Code
    /// One sentence for the person on call: what was tried, where, and the other side's own words. No secrets.
    package var message: String

    package init(_ dependency: Dependency, _ code: Code, _ message: String) {
        self.dependency = dependency
        self.code = code
        self.message = message
    }

    package var description: String { "\(dependency.rawValue): \(message)" }
}
