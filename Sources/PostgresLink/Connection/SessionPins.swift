/// The session settings that a row's text depends on, and those that bound us. Every connection of the product has the
/// same, so that documents are the same bytes whoever reads them.
struct SessionPins {
    /// Names as `pg_settings` has them.
    let values: [(name: String, value: String)]

    init(_ settings: PostgresSettings, isReadOnly: Bool) {
        values = [
            ("TimeZone", "UTC"), ("DateStyle", "ISO, MDY"), ("IntervalStyle", "postgres"), ("bytea_output", "hex"),
            ("extra_float_digits", "1"), ("lc_monetary", "C"), ("lc_numeric", "C"), ("lc_time", "C"),
            ("search_path", settings.searchPath), ("statement_timeout", "\(settings.statementTimeout)"),
            ("default_transaction_read_only", isReadOnly ? "on" : "off"),
        ]
    }

    /// For the startup packet: spaces and backslashes in values are escaped.
    var startupOptions: String {
        values.map { name, value in
            let escaped = value.flatMap { $0 == " " || $0 == "\\" ? ["\\", $0] : [$0] }
            return "-c \(name)=\(String(escaped))"
        }.joined(separator: " ")
    }

    /// For one transaction, behind a pooler.
    var localStatement: String {
        let calls = values.map { name, value in
            let quoted = value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
            return "set_config('\(name)', '\(quoted)', true)"
        }
        return "select " + calls.joined(separator: ", ")
    }

    var showStatement: String {
        "select name, setting from pg_settings where name in ("
            + values.map { "'\($0.name)'" }.joined(separator: ", ") + ")"
    }

    /// The first setting that isn't as it must be, in words.
    func difference(from shown: [String: String]) -> String? {
        for (name, value) in values where shown[name] != value {
            return "\(name) is \(shown[name] ?? "not shown") instead of \(value)"
        }
        return nil
    }
}
