/// What a class of work may ask of PostgreSQL in a second; 0: as much as it likes.
package struct RateBound: Hashable, Sendable {
    package var queries: Int
    package var rows: Int

    package init(queries: Int = 0, rows: Int = 0) {
        self.queries = queries
        self.rows = rows
    }

    package var isNone: Bool { queries <= 0 && rows <= 0 }
}
