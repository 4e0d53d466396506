/// How to reach PostgreSQL and how long to wait for it.
package struct PostgresSettings: Sendable {
    package enum Target: Sendable {
        /// A libpq URL or key-value string. Several hosts are fine: the primary among them is looked for.
        case url(String)
        case parts(host: String, port: Int, user: String, password: String?, database: String)
    }

    package var target: Target
    /// `disable`, `prefer`, `require`, `verify-ca`, `verify-full`; nil: as the URL or libpq's default says.
    package var sslMode: String?
    /// Path of the file with the authorities' certificates.
    package var sslRootCertificate: String?
    /// Milliseconds until a session stands, its settings checked. Name look-up happens in libpq and isn't counted.
    package var connectTimeout: Int
    /// Milliseconds that the server lets a statement run.
    package var statementTimeout: Int
    /// Milliseconds for one round trip as we count them: for a server or a network that doesn't answer at all. Longer
    /// than `statementTimeout`, so that the server's own words come first.
    package var roundTripTimeout: Int
    package var applicationName: String
    /// What unqualified names in the graph's SQL mean.
    package var searchPath: String
    /// All queries of a read in one round trip.
    package var isPipelined: Bool
    /// A pooler in transaction mode stands between (PgBouncer): nothing prepared, no startup options; each query runs
    /// in a transaction of its own that sets what the session can't keep.
    package var isPooled: Bool
    /// Bytes that one query's result may take.
    package var maxResultBytes: Int

    package init(
        target: Target, sslMode: String? = nil, sslRootCertificate: String? = nil, connectTimeout: Int = 5_000,
        statementTimeout: Int = 10_000, roundTripTimeout: Int = 15_000, applicationName: String = "freshet",
        searchPath: String = "public", isPipelined: Bool = true, isPooled: Bool = false,
        maxResultBytes: Int = 256 << 20
    ) {
        self.target = target
        self.sslMode = sslMode
        self.sslRootCertificate = sslRootCertificate
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.roundTripTimeout = roundTripTimeout
        self.applicationName = applicationName
        self.searchPath = searchPath
        self.isPipelined = isPipelined
        self.isPooled = isPooled
        self.maxResultBytes = maxResultBytes
    }

    package init(url: String) { self.init(target: .url(url)) }
}
