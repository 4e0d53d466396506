import FreshetCore

/// One lane's read models: each call is one round trip and blocks its thread for as long.
package final class PostgresReadModels: ReadModels {
    /// For what isn't part of the seam: `query`, `describe`, `explain`, `stream`. Of the same thread.
    package let connection: PostgresConnection
    private let statements: [Statement]
    /// By statement, where its answer comes as arrays.
    private let packed: [PackedPairs?]
    private var parameters = ParameterBuffer()

    package init(_ settings: PostgresSettings, statements: [Statement]) {
        connection = PostgresConnection(settings)
        self.statements = statements
        packed = statements.map(PackedPairs.init)
    }

    package func disconnect() { connection.close() }

    package func read(_ queries: [ReadQuery]) async throws(Fault) -> ReadAnswer {
        try await read(queries, meanwhile: nil)
    }

    package func read(_ queries: [ReadQuery], meanwhile: Meanwhile?) async throws(Fault) -> ReadAnswer {
        let answer = try await connection.lend { (session) async throws(Fault) in
            try await read(queries, session, meanwhile)
        }
        guard answer.results.contains(where: Self.isOutdatedPlan) else { return answer }
        // A table was altered, or somebody dropped our prepared statements: once more, on a new connection.
        connection.close()
        return try await connection.lend { (session) async throws(Fault) in try await read(queries, session, nil) }
    }

    package func visibility(of transactions: [UInt64]) async throws(Fault) -> Visibility {
        let (history, snapshot, _) = try snapshot(name: "freshet_snapshot", and: "null::text")
        return Visibility(
            history: history, xmin: snapshot.xmin, xmax: snapshot.xmax, visible: transactions.map(snapshot.isVisible))
    }

    /// A snapshot knows nothing of transactions that are newer than any that has ended. They hold a lock on their own
    /// id until others see what they changed, and everybody may look at locks.
    package func running() async throws(Fault) -> RunningTransactions {
        let locks = """
            (select string_agg(transactionid::text, ',') from pg_locks \
            where locktype = 'transactionid' and mode = 'ExclusiveLock' and granted)
            """
        let (history, snapshot, ids) = try snapshot(name: "freshet_running", and: locks)
        let running = (ids ?? "").split(separator: ",").compactMap { UInt64($0).map(snapshot.full) }
        return RunningTransactions(history: history, xmax: snapshot.xmax, ids: Set(running))
    }

    private func snapshot(
        name: String, and column: String
    ) throws(Fault) -> (History, TransactionSnapshot, String?) {
        let (history, row) = try connection.with { (session) throws(Fault) in
            let sql = HistoryProbe.sql(withSystem: session.system == nil) + ", pg_current_snapshot()::text, " + column
            let row = try probe(sql, name: name, session)
            let known = try HistoryProbe.parse(row.dropLast(2), system: session.system, place: session.handle.place)
            return (known.history, row)
        }
        guard let snapshot = row[4].flatMap(TransactionSnapshot.init) else {
            throw Fault(.postgres, .protocolViolation, "the snapshot \(row[4] ?? "null") can't be understood")
        }
        return (history, snapshot, row[5])
    }

    package func position() async throws(Fault) -> (history: History, flushed: UInt64) {
        try connection.with { (session) throws(Fault) in
            let sql = HistoryProbe.sql(withSystem: session.system == nil)
            let row = try probe(sql, name: "freshet_history", session)
            return try HistoryProbe.parse(row, system: session.system, place: session.handle.place)
        }
    }

    private static func isOutdatedPlan(_ result: Result<Rows, Fault>) -> Bool {
        guard case .failure(let fault) = result, case .sqlState(let state) = fault.code else { return false }
        return state == "26000" || (state == "0A000" && fault.message.contains("cached plan"))
    }

    /// One row of text, alone in its round trip.
    private func probe(_ sql: String, name: String, _ session: PostgresSession) throws(Fault) -> [String?] {
        var row: [String?] = []
        try session.handle.setPipelined(connection.settings.isPipelined)
        let deadline = Deadline(milliseconds: connection.settings.roundTripTimeout)
        let trip = RoundTrip(session.handle, deadline, labels: ["ask for the server's state"]) {
            (_, role, result) throws(Fault) in
            if role == .prepare { return session.didPrepare(name) }
            row = Self.firstRow(result)
        }
        try session.add(sql, name: name, ParameterBuffer(), unit: 0, to: trip)
        try trip.finish()
        session.settle()
        if let fault = trip.faults[0] { throw fault }
        return row
    }

    private static func firstRow(_ result: borrowing PostgresResult) -> [String?] {
        result.rows == 0 ? [] : (0..<result.columns).map { result.text(0, $0) }
    }

    /// All queries between two syncs: one message out, one answer back, one transaction. An error aborts what comes
    /// after it, so where there was one, they are asked again, each for itself.
    private func read(
        _ queries: [ReadQuery], _ session: PostgresSession, _ meanwhile: Meanwhile?
    ) async throws(Fault) -> ReadAnswer {
        let isShared = connection.settings.isPipelined && !connection.settings.isPooled
        if isShared, let answer = try await read(queries, session, meanwhile, together: true) { return answer }
        guard let answer = try await read(queries, session, meanwhile, together: false) else {
            throw Fault(.postgres, .protocolViolation, "a query was aborted by another one's error")
        }
        return answer
    }

    /// Unit 0 is the history, unit n + 1 the n-th query. nil where an error aborted other queries with it.
    private func read(
        _ queries: [ReadQuery], _ session: PostgresSession, _ meanwhile: Meanwhile?, together: Bool
    ) async throws(Fault) -> ReadAnswer? {
        var results = [Rows?](repeating: nil, count: queries.count)
        var history: [String?] = []
        let bound = connection.settings.maxResultBytes
        let labels = ["ask for the history"] + queries.map { statements[$0.statement].name }
        try session.handle.setPipelined(connection.settings.isPipelined)
        let deadline = Deadline(milliseconds: connection.settings.roundTripTimeout)
        let trip = RoundTrip(session.handle, deadline, labels: labels) { (unit, role, result) throws(Fault) in
            guard unit > 0 else {
                if role == .prepare { session.didPrepare("freshet_history") } else { history = Self.firstRow(result) }
                return
            }
            let index = queries[unit - 1].statement
            if role == .prepare { return session.didPrepare("freshet_\(index)") }
            guard result.memory <= bound else {
                // As PostgreSQL names its own limits: asked in halves, it fits.
                throw Fault(
                    .postgres, .sqlState("54000"),
                    "\(labels[unit]): a result of \(result.memory) bytes is over the bound of \(bound) bytes")
            }
            let statement = self.statements[index]
            if let pairs = self.packed[index] {
                results[unit - 1] = try pairs.read(result)
            } else {
                results[unit - 1] = try RowReader(statement: statement.name, columns: statement.columns).read(result)
            }
        }
        try send(queries, session, trip, together: together)
        try await trip.finish(meanwhile)
        session.settle()
        if together && trip.hasAborted { return nil }
        if let fault = trip.faults[0] { throw fault }
        let (now, _) = try HistoryProbe.parse(history, system: session.system, place: session.handle.place)
        return ReadAnswer(
            history: now,
            results: results.indices.map { index in
                if let fault = trip.faults[index + 1] {
                    guard case .sqlState("26000") = fault.code else { return .failure(fault) }
                    // Where preparing failed, only the statement's first query says why.
                    let first = queries.firstIndex { $0.statement == queries[index].statement } ?? index
                    return .failure(trip.faults[first + 1] ?? fault)
                }
                if let rows = results[index] { return .success(rows) }
                return .failure(Fault(.postgres, .protocolViolation, "\(labels[index + 1]): it returned no rows"))
            })
    }

    private func send(
        _ queries: [ReadQuery], _ session: PostgresSession, _ trip: RoundTrip, together: Bool
    ) throws(Fault) {
        let ids = queries.reduce(0) { max($0, $1.parts.first?.count ?? 0) }
        try session.plan(ids <= Self.fewIDs ? .once : .eachTime, in: trip)
        parameters.removeAll()
        let sql = HistoryProbe.sql(withSystem: session.system == nil)
        try session.add(sql, name: "freshet_history", parameters, unit: 0, to: trip, ends: !together || queries.isEmpty)
        for (index, query) in queries.enumerated() {
            parameters.removeAll()
            parameters.append(query.parts)
            let sql = packed[query.statement]?.sql ?? statements[query.statement].sql
            let ends = !together || index == queries.count - 1
            try session.add(
                sql, name: "freshet_\(query.statement)", parameters, unit: index + 1, to: trip, ends: ends)
        }
    }

    /// Ids of a query up to which planning it anew costs more than the better plan saves. Measured with a join of two
    /// tables and a view over four: at 3 ids planning takes 0.1 and 0.4 ms of 0.15 and 0.5, at 1,000 both ways cost the
    /// same, and at 9,000 the plan for few ids takes three times as long as a hash join.
    private static let fewIDs = 512
}
