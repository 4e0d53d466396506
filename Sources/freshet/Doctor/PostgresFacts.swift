import FreshetCore
import PostgresLink

/// What PostgreSQL says of itself and of our role, judged.
struct PostgresFacts {
    private static let names: [(name: String, sql: String)] = [
        ("version", "current_setting('server_version')"), ("wal_level", "current_setting('wal_level')"),
        ("max", "current_setting('max_connections')"),
        ("reserved", "current_setting('superuser_reserved_connections')"),
        ("used", "(select count(*) from pg_stat_activity where backend_type = 'client backend')"),
        ("ours", "(select count(*) from pg_stat_activity where usename = current_user)"),
        ("role", "current_user"), ("superuser", "(select rolsuper from pg_roles where rolname = current_user)"),
        ("role-limit", "(select rolconnlimit from pg_roles where rolname = current_user)"),
        ("database-limit", "(select datconnlimit from pg_database where datname = current_database())"),
        ("autovacuum", "current_setting('autovacuum')"), ("track_counts", "current_setting('track_counts')"),
        ("standbys", "(select count(*) from pg_stat_replication)"),
        ("synchronous", "current_setting('synchronous_standby_names')"),
        (
            "prepared",
            "(select coalesce(max(extract(epoch from clock_timestamp() - prepared)), 0)::bigint from pg_prepared_xacts)"
        ),
    ]
    /// Seconds from which on a prepared transaction was forgotten rather than being under way.
    private static let forgotten: Int64 = 3_600

    private var values: [String: String] = [:]

    init(_ connection: PostgresConnection) throws(Fault) {
        let sql = "select " + Self.names.map { "(\($0.sql))::text" }.joined(separator: ", ")
        let row = try connection.query(sql).first ?? []
        for (name, value) in zip(Self.names, row) { values[name.name] = value }
    }

    private subscript(name: String) -> String { values[name] ?? "" }

    private func number(_ name: String) -> Int { Int(self[name]) ?? 0 }

    func checks(captures: Bool, connections needed: Int) -> [Check] {
        var checks: [Check] = [
            // Older ones are refused when the session is made, as are replicas and sessions without our settings.
            .ok("postgres.version", self["version"]),
            .ok("postgres.session", "a primary; TimeZone, DateStyle, extra_float_digits, search_path … are pinned"),
        ]
        let standbys = number("standbys")
        let replication = standbys == 0 ? "no standby" : "\(standbys) standbys"
        checks.append(
            .ok(
                "postgres.replication",
                self["synchronous"].isEmpty ? replication : "\(replication), synchronous: \(self["synchronous"])"))
        checks.append(role)
        checks.append(room(needed))
        checks.append(wal(captures))
        if self["autovacuum"] != "on" || self["track_counts"] != "on" {
            checks.append(
                .warning(
                    "postgres.autovacuum", "off: statistics grow old, and plans with them",
                    "alter system set autovacuum = on; alter system set track_counts = on"))
        }
        if Int64(number("prepared")) > Self.forgotten {
            checks.append(
                .warning(
                    "postgres.prepared",
                    "a prepared transaction is \(number("prepared") / 60) minutes old: a rebuild "
                        + "of captured topics would wait for it for ever",
                    "select * from pg_prepared_xacts, then commit prepared or rollback prepared"))
        }
        return checks
    }

    private var role: Check {
        if self["superuser"] == "true" {
            return .warning(
                "postgres.role", "`\(self["role"])` is a superuser, and reading is all that is needed",
                "make a role with `deploy/postgres-roles.sql` and name it in `postgres.user`")
        }
        return .ok("postgres.role", "`\(self["role"])`, no superuser")
    }

    /// What is left for one more worker.
    private func room(_ needed: Int) -> Check {
        var room = number("max") - (self["superuser"] == "true" ? 0 : number("reserved")) - number("used")
        var bound = "max_connections \(number("max"))"
        for (name, words) in [("role-limit", "connection limit of the role"), ("database-limit", "of the database")]
        where (Int(self[name]) ?? -1) >= 0 {
            let left = number(name) - number(name == "role-limit" ? "ours" : "used")
            if left < room { (room, bound) = (left, "\(words) \(number(name))") }
        }
        let what = "\(max(0, room)) connections are free (\(bound)); one worker uses \(needed)"
        return room >= needed
            ? .ok("postgres.connections", what)
            : .warning("postgres.connections", what, "raise the limit, or use fewer `worker.lanes`")
    }

    private func wal(_ captures: Bool) -> Check {
        let level = self["wal_level"]
        if captures, level != "logical" {
            return .error(
                "postgres.wal-level", "\(level), and a topic of the graph holds captured events",
                "alter system set wal_level = logical, and restart: capture needs it")
        }
        return .ok("postgres.wal-level", level)
    }
}
