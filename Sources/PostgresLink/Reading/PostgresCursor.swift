import FreshetCore

/// A statement's rows as a stream that its reader pulls: a cursor in a transaction on a connection of its own, which
/// stays open until the end and holds back vacuum for as long.
package final class PostgresCursor: RowStream {
    private enum State {
        case new
        case open
        case over
    }

    private let connection: PostgresConnection
    private let sql: String
    private let reader: RowReader
    private let pageRows: Int
    private let name: String
    private var state = State.new

    /// Connects when the first page is asked for. `columns` as in `PostgresConnection.stream`.
    package init(
        _ settings: PostgresSettings, sql: String, columns: [Statement.Column], pageRows: Int, name: String = "stream"
    ) {
        connection = PostgresConnection(settings)
        self.sql = sql
        self.pageRows = pageRows
        self.name = name
        reader = RowReader(statement: name, columns: columns)
    }

    package func history() async throws(Fault) -> History {
        do throws(Fault) {
            if state == .new {
                try connection.begin(sql, name)
                state = .open
            }
            let row = try connection.query(HistoryProbe.sql(withSystem: true))[0]
            return try HistoryProbe.parse(row, system: nil, place: name).history
        } catch {
            close()
            throw error
        }
    }

    package func next() async throws(Fault) -> Rows? {
        do throws(Fault) {
            if state == .new {
                try connection.begin(sql, name)
                state = .open
            }
            guard state == .open else { return nil }
            let page = try connection.fetch(pageRows, reader, name)
            if page.count < pageRows { close() }
            return page.count > 0 ? page : nil
        } catch {
            close()
            throw error
        }
    }

    /// The server ends a read-only transaction with its connection.
    package func close() {
        state = .over
        connection.close()
    }
}
