import FreshetCore

extension SettingTable {
    /// What classes of work may ask of PostgreSQL. Live work has no bound of its own unless somebody sets one.
    static let limits: [SettingSpec] =
        Bulkhead.allCases.flatMap { bulkhead in
            let (work, queries, rows) = words(bulkhead)
            return [
                SettingSpec(
                    "postgres.limits.\(bulkhead.rawValue).queries", .integer(0...1_000_000), queries,
                    "Queries per second for \(work); 0: no bound"),
                SettingSpec(
                    "postgres.limits.\(bulkhead.rawValue).rows", .integer(0...1_000_000_000), rows,
                    "Rows per second for \(work); 0: no bound"),
            ]
        } + [
            .init(
                "postgres.limits.shared", .boolean, "false",
                "All workers and commands together keep to these bounds, through Redis; else each of them alone")
        ]

    private static func words(_ bulkhead: Bulkhead) -> (work: String, queries: String, rows: String) {
        switch bulkhead {
        case .live: ("each lane's live work", "0", "0")
        case .retry: ("records of the retry topics", "200", "10000")
        case .warm: ("warming", "200", "50000")
        case .replay: ("replays", "200", "50000")
        }
    }
}
