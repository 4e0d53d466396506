/// What a class of work may ask of PostgreSQL in a second; 0: as much as it likes.
package struct RateBound: Hashable, Sendable {
    package var queries: Int
    package var rows: Int

    package init(queries: Int = 0, rows: Int = 0) {
        self.queries = queries
        self.rows = rows
    }

    /// One thread's part; a bound stays one.
    package func divided(by count: Int) -> RateBound {
        func part(_ rate: Int) -> Int { rate <= 0 ? 0 : max(1, rate / max(1, count)) }
        return RateBound(queries: part(queries), rows: part(rows))
    }

    package var isNone: Bool { queries <= 0 && rows <= 0 }
}
