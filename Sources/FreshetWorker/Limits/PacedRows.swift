import FreshetCore

/// A stream whose pages come no faster than its class of work may read.
package final class PacedRows: RowStream {
    private let rows: any RowStream
    private let pace: ReadPace

    package init(_ rows: any RowStream, _ pace: ReadPace) {
        self.rows = rows
        self.pace = pace
    }

    package func next() async throws(Fault) -> Rows? {
        await pace.wait(queries: 1)
        let page = try await rows.next()
        pace.took(rows: page?.count ?? 0)
        return page
    }

    package func history() async throws(Fault) -> History { try await rows.history() }

    package func close() { rows.close() }
}
