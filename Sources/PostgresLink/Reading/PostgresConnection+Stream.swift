import FreshetCore

extension PostgresConnection {
    /// Hands out the rows of a large result in pages, in the memory of one page, all from one snapshot: a cursor in a
    /// transaction, which stays open until the end and holds back vacuum for as long.
    ///
    /// The deadline counts for each page, not for `body`. After an error, also of `body`, the connection is made anew.
    package func stream(
        _ sql: String, columns: [Statement.Column], pageRows: Int, name: String = "stream",
        _ body: (Rows) throws -> Void
    ) throws {
        do {
            try begin(sql, name)
            let reader = RowReader(statement: name, columns: columns)
            while true {
                let page = try fetch(pageRows, reader, name)
                if page.count > 0 { try body(page) }
                if page.count < pageRows { break }
            }
            try with { (session) throws(Fault) in try run("commit", session, name) }
        } catch {
            close()
            throw error
        }
    }

    func begin(_ sql: String, _ name: String) throws(Fault) {
        try with { (session) throws(Fault) in
            try session.handle.setPipelined(false)
            try run("begin read only", session, name)
            if settings.isPooled { try run(session.pins.localStatement, session, name) }
            // All rows are wanted, not the first ones soon.
            try run("set local cursor_tuple_fraction = 1", session, name)
            try run("declare freshet_stream no scroll cursor without hold for " + sql, session, name)
        }
    }

    func fetch(_ rows: Int, _ reader: RowReader, _ name: String) throws(Fault) -> Rows {
        try with { (session) throws(Fault) in
            var page = Rows(count: 0, columns: [])
            let deadline = Deadline(milliseconds: settings.roundTripTimeout)
            let bound = settings.maxResultBytes
            let trip = RoundTrip(session.handle, deadline, labels: [name]) { (_, _, result) throws(Fault) in
                guard result.memory <= bound else {
                    throw Fault(
                        .postgres, .protocolViolation,
                        "\(name): a page of \(result.memory) bytes is over the bound of \(bound) bytes")
                }
                page = try reader.read(result)
            }
            try trip.add(.answer, unit: 0) { (what) throws(Fault) in
                try session.handle.send("fetch forward \(rows) from freshet_stream", binary: true, doing: what)
            }
            if let fault = trip.faults[0] { throw fault }
            return page
        }
    }

    private func run(_ sql: String, _ session: PostgresSession, _ name: String) throws(Fault) {
        _ = try session.rows(sql, Deadline(milliseconds: settings.roundTripTimeout), doing: name)
    }
}
