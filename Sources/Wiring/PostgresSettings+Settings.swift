import FreshetConfig
import PostgresLink

extension PostgresSettings {
    package init(_ settings: Settings.Postgres) {
        let target: Target =
            switch settings.location {
            case .url(let url): .url(settings.revealURL() ?? url)
            case .parts(let host, let port, let user, let database):
                .parts(host: host, port: port, user: user, password: settings.password?.reveal(), database: database)
            }
        self.init(
            target: target, sslMode: settings.sslMode, sslRootCertificate: settings.sslRootCertificate,
            connectTimeout: settings.connectTimeout, statementTimeout: settings.statementTimeout,
            roundTripTimeout: settings.roundTripTimeout, searchPath: settings.searchPath,
            isPipelined: settings.isPipelined, isPooled: settings.isPooled)
    }
}
