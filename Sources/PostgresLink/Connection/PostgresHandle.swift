import CLibpq
import FreshetCore
import Glibc

/// Owner of one `PGconn`, in non-blocking mode: nothing in here waits longer than the deadline it was given.
///
/// libpq's manual on non-blocking pipelines: client and server both block when each waits for the other to read, so
/// whoever waits for a result also flushes what is still to be sent.
final class PostgresHandle {
    private let connection: OpaquePointer
    let place: String
    private let secret: String?
    private(set) var isPipelined = false

    /// Starts connecting; the session stands when `connect` returns.
    init(_ fields: ConnectionFields) throws(Fault) {
        place = fields.place
        secret = fields.password
        let entries = fields.values.sorted { $0.key < $1.key }
        // strdup fails only without memory, and then libpq sees an earlier end of the list.
        let keywords = entries.map { UnsafePointer(strdup($0.key)) } + [nil]
        let values = entries.map { UnsafePointer(strdup($0.value)) } + [nil]
        defer { for pointer in keywords + values { free(UnsafeMutablePointer(mutating: pointer)) } }
        guard let pointer = PQconnectStartParams(keywords, values, 0) else {
            throw Fault(.postgres, .cannotConnect, "connect to \(fields.place): libpq has no memory for a connection")
        }
        connection = pointer
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
    }

    deinit { PQfinish(connection) }

    var errorText: String { redacted(String(cString: PQerrorMessage(connection))) }
    var serverVersion: Int { Int(PQserverVersion(connection)) }
    var isBroken: Bool { PQstatus(connection) == CONNECTION_BAD }
    var processID: Int32 { PQbackendPID(connection) }

    func connect(_ deadline: Deadline) throws(Fault) {
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        var state = PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            guard state != PGRES_POLLING_FAILED else { throw PostgresFault.connecting(to: place, errorText) }
            let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
            guard wait(for: events, deadline) != 0 else {
                throw Fault(
                    .postgres, .timeout, "connect to \(place): no session within \(deadline.milliseconds) ms")
            }
            state = PQconnectPoll(connection)
        }
        PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
        try check(PQsetnonblocking(connection, 1) == 0, "use the connection without blocking")
    }

    // MARK: Sending: into libpq's buffer, which grows with the parameters

    func prepare(_ name: String, _ sql: String, types: [Oid], doing what: String) throws(Fault) {
        try check(PQsendPrepare(connection, name, sql, Int32(types.count), types) == 1, what)
    }

    func describe(_ name: String, doing what: String) throws(Fault) {
        try check(PQsendDescribePrepared(connection, name) == 1, what)
    }

    func sendPrepared(_ name: String, _ parameters: ParameterBuffer, doing what: String) throws(Fault) {
        let sent = parameters.with { values, lengths, formats in
            PQsendQueryPrepared(connection, name, Int32(parameters.count), values, lengths, formats, 1)
        }
        try check(sent == 1, what)
    }

    func send(
        _ sql: String, _ parameters: ParameterBuffer = ParameterBuffer(), binary: Bool, doing what: String
    ) throws(Fault) {
        let sent = parameters.with { values, lengths, formats in
            PQsendQueryParams(
                connection, sql, Int32(parameters.count), parameters.types, values, lengths, formats, binary ? 1 : 0)
        }
        try check(sent == 1, what)
    }

    /// Several statements in one text; not in pipeline mode.
    func sendScript(_ sql: String, doing what: String) throws(Fault) {
        try check(PQsendQuery(connection, sql) == 1, what)
    }

    func sync() throws(Fault) { try check(PQpipelineSync(connection) == 1, "end a query of the pipeline") }

    func setPipelined(_ wanted: Bool) throws(Fault) {
        guard wanted != isPipelined else { return }
        let done = wanted ? PQenterPipelineMode(connection) : PQexitPipelineMode(connection)
        try check(done == 1, wanted ? "enter pipeline mode" : "leave pipeline mode")
        isPipelined = wanted
    }

    // MARK: Receiving

    /// The next result, or nil at the end of a command's results.
    func next(_ deadline: Deadline, doing what: String) throws(Fault) -> PostgresResult? {
        while true {
            let unsent = PQflush(connection)
            try check(unsent >= 0, what)
            if PQisBusy(connection) == 0 { break }
            let ready = wait(for: unsent == 1 ? POLLIN | POLLOUT : POLLIN, deadline)
            guard ready != 0 else {
                throw Fault(
                    .postgres, .timeout,
                    "\(what): no answer from \(place) within \(deadline.milliseconds) ms; the connection was dropped")
            }
            if ready & ~POLLOUT != 0 { try check(PQconsumeInput(connection) == 1, what) }
        }
        return PQgetResult(connection).map { PostgresResult($0) }
    }

    /// Waits for the next result or for the other descriptor: true where it is that one's turn.
    func waits(_ deadline: Deadline, beside other: Int32, doing what: String) throws(Fault) -> Bool {
        while true {
            let unsent = PQflush(connection)
            try check(unsent >= 0, what)
            if PQisBusy(connection) == 0 { return false }
            let events = unsent == 1 ? POLLIN | POLLOUT : POLLIN
            var entries = [
                pollfd(fd: PQsocket(connection), events: Int16(events), revents: 0),
                pollfd(fd: other, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&entries, 2, deadline.remaining)
            if count < 0 && errno == EINTR && !deadline.isOver { continue }
            // Whoever asks for the result says that the time is over.
            if count <= 0 { return false }
            if Int32(entries[0].revents) & ~POLLOUT != 0 { try check(PQconsumeInput(connection) == 1, what) }
            if entries[1].revents != 0 { return true }
        }
    }

    /// What `poll` saw, or 0 when the deadline passed.
    private func wait(for events: Int32, _ deadline: Deadline) -> Int32 {
        // The socket changes while libpq goes through several hosts.
        var entry = pollfd(fd: PQsocket(connection), events: Int16(events), revents: 0)
        while true {
            let count = poll(&entry, 1, deadline.remaining)
            if count > 0 { return Int32(entry.revents) }
            if count == 0 || errno != EINTR || deadline.isOver { return 0 }
        }
    }

    private func check(_ done: Bool, _ what: String) throws(Fault) {
        guard !done else { return }
        let message = "\(what): \(PostgresFault.oneLine(errorText))"
        throw Fault(.postgres, .connectionLost, PostgresFault.bounded(message))
    }

    private func redacted(_ text: String) -> String {
        guard let secret, !secret.isEmpty else { return text }
        var result = ""
        var rest = text[...]
        while let range = rest.firstRange(of: secret) {
            result += rest[..<range.lowerBound] + "***"
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}
