import FreshetCore

/// Every setting there is, in the order of the documentation. A new one is a new row here and a line in `Settings`.
package enum SettingTable {
    package static let variablePrefix = "FRESHET_"

    package static let all: [SettingSpec] =
        general + kafka + redis + postgres + limits + worker + topics + offsets + observation + doctor

    package static let byPath = [String: SettingSpec](all.map { ($0.path, $0) }) { first, _ in first }

    /// Sections and the sections around them: `kafka`, `kafka.security`, …
    package static let sections: Set<String> = {
        var result: Set<String> = [topicsSection]
        for spec in all {
            var section = spec.section
            while !section.isEmpty {
                result.insert(section)
                section = section.lastIndex(of: ".").map { String(section[..<$0]) } ?? ""
            }
        }
        return result
    }()

    /// Below it stand topics, each with settings of `offsets` that hold for that topic alone.
    package static let topicsSection = "offsets.topics"

    /// Variables with the prefix that are no settings; those that end in `_` stand for all that begin so. The last
    /// three are what Kubernetes gives every container beside a Service called `freshet`.
    package static let otherVariables = [
        "FRESHET_CONFIG", "FRESHET_OUTPUT", "FRESHET_SCHEMAS", "FRESHET_PG_BIN", "FRESHET_TEST_", "FRESHET_PORT",
        "FRESHET_PORT_", "FRESHET_SERVICE_",
    ]

    static let general: [SettingSpec] = [
        .init(
            "deployment", .text("name"), "freshet",
            "Names this deployment in Redis: one deployment owns a key prefix, a second one is refused"),
        .init("graph", .file, .required, "The graph file: kinds, keys, edges and topics"),
        .init(
            "status-file", .file, .none,
            "A file that the worker keeps up to date with its state, for probes"),
    ]

    static let redis: [SettingSpec] = [
        .init("redis.host", .text("host"), "127.0.0.1", "Where Redis is"),
        .init("redis.port", .integer(1...65_535), "6379", "Its port"),
        .init(
            "redis.username", .text("name"), .none, "User of Redis' access control list; without it the default user"),
        .init("redis.password", .secret, .none, "Password; better given by variable or by `redis.password-file`"),
        .init("redis.password-file", .secretFile, .none, "File with the password; a newline at its end is dropped"),
        .init("redis.database", .integer(0...1023), "0", "Number of the database"),
        .init(
            "redis.connect-timeout", .duration(10...60_000), "2s",
            "Bound on name look-up, connection and handshake together"),
        .init(
            "redis.command-timeout", .duration(10...600_000), "5s",
            "Bound from the first byte of a request to the last byte of its answer"),
    ]

    static let postgres: [SettingSpec] = [
        .init(
            "postgres.url", .url, .none,
            "`postgresql://USER@HOST:PORT/DATABASE?…`, instead of the five settings that follow; its password is taken "
                + "out and never shown"),
        .init(
            "postgres.host", .text("host"), "127.0.0.1", "Where PostgreSQL's primary is; several separated by commas"),
        .init("postgres.port", .integer(1...65_535), "5432", "Its port"),
        .init("postgres.user", .text("name"), "freshet", "Role that reads the read models"),
        .init("postgres.password", .secret, .none, "Password; better given by variable or by `postgres.password-file`"),
        .init("postgres.password-file", .secretFile, .none, "File with the password; a newline at its end is dropped"),
        .init("postgres.database", .text("name"), "freshet", "Database with the read models"),
        .init(
            "postgres.sslmode", .choice(["disable", "prefer", "require", "verify-ca", "verify-full"]), .none,
            "Encryption as libpq names it; without it as the URL says, else `prefer`"),
        .init("postgres.ssl-root-certificate", .file, .none, "Certificates of the authorities that `verify-…` trusts"),
        .init(
            "postgres.connect-timeout", .duration(100...60_000), "5s",
            "Bound until a session stands and its settings are checked"),
        .init(
            "postgres.statement-timeout", .duration(100...3_600_000), "10s",
            "How long the server lets a statement run"),
        .init(
            "postgres.round-trip-timeout", .duration(100...3_600_000), "15s",
            "Bound on one round trip, for a server that doesn't answer; longer than `postgres.statement-timeout`"),
        .init(
            "postgres.pipeline", .boolean, "true", "All queries of a read in one round trip (libpq's pipeline mode)"),
        .init(
            "postgres.pooled", .boolean, "false",
            "A pooler in transaction mode stands between (PgBouncer): nothing is prepared or kept in the session"),
        .init("postgres.search-path", .text("schemas"), "public", "What unqualified names in the graph's SQL mean"),
    ]
}
