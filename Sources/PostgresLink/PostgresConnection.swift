import FreshetCore

/// A connection that comes up when it is first used, and again after it was lost. Of one thread.
package final class PostgresConnection {
    package enum Access: Sendable {
        case read
        /// For loading samples and for tests; the product itself only reads.
        case readWrite
    }

    package let settings: PostgresSettings
    private let access: Access
    private var session: PostgresSession?

    package init(_ settings: PostgresSettings, access: Access = .read) {
        self.settings = settings
        self.access = access
    }

    package func close() { session = nil }

    /// For `doctor`: 150014 is 15.14.
    package func serverVersion() throws(Fault) -> Int {
        try with { (session) throws(Fault) in session.handle.serverVersion }
    }

    /// Lends the session. After a fault of the connection it is gone, and the next call makes another one.
    func with<R>(_ body: (PostgresSession) throws(Fault) -> R) throws(Fault) -> R {
        let current: PostgresSession
        if let session {
            current = session
        } else {
            current = try PostgresSession(settings, isReadOnly: access == .read)
            session = current
        }
        do { return try body(current) } catch {
            if case .sqlState = error.code {} else { session = nil }
            throw error
        }
    }

    /// The same with a body that waits for others as well.
    func lend<R>(_ body: (PostgresSession) async throws(Fault) -> R) async throws(Fault) -> R {
        let current = try with { (session) throws(Fault) in session }
        do { return try await body(current) } catch {
            if case .sqlState = error.code {} else { session = nil }
            throw error
        }
    }

    /// One statement's rows, every value as text.
    package func query(_ sql: String, _ parameters: [String?] = []) throws(Fault) -> [[String?]] {
        try with { (session) throws(Fault) in
            let deadline = Deadline(milliseconds: settings.roundTripTimeout)
            return try session.rows(sql, deadline, doing: "query", parameters)
        }
    }

    /// Several statements in one text, in one transaction unless the text says otherwise.
    package func execute(_ script: String, within milliseconds: Int? = nil) throws(Fault) {
        try with { (session) throws(Fault) in
            try session.handle.setPipelined(false)
            let deadline = Deadline(milliseconds: milliseconds ?? settings.roundTripTimeout)
            let trip = RoundTrip(session.handle, deadline, labels: ["script"]) { (_, _, _) throws(Fault) in }
            try trip.add(.answer, unit: 0) { (what) throws(Fault) in
                try session.handle.sendScript(script, doing: what)
            }
            if let fault = trip.faults[0] { throw fault }
        }
    }
}
