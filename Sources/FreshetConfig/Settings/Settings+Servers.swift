import FreshetCore

extension Settings {
    package struct Kafka: Sendable {
        package struct Security: Sendable {
            /// `plaintext`, `ssl`, `sasl_plaintext` or `sasl_ssl`.
            package var securityProtocol: String
            package var mechanism: String?
            package var username: String?
            package var password: Secret?
            package var authorities: String?
        }

        package var bootstrap: String
        package var group: String
        package var clientID: String
        package var instanceID: String?
        /// `range`, `roundrobin` or `cooperative-sticky`.
        package var assignment: String
        package var sessionTimeout: Int
        package var maxPollInterval: Int
        package var requestTimeout: Int
        package var deliveryTimeout: Int
        package var security: Security
        package var prefetchBytes: Int
        package var prefetchMessages: Int
        /// librdkafka's own names and values.
        package var settings: [String: String]
    }

    package struct Redis: Sendable {
        package var host: String
        package var port: Int
        package var username: String?
        package var password: Secret?
        package var database: Int
        package var connectTimeout: Int
        package var commandTimeout: Int
    }

    package struct Postgres: Sendable {
        package enum Location: Hashable, Sendable {
            /// Without its password.
            case url(String)
            case parts(host: String, port: Int, user: String, database: String)
        }

        package var location: Location
        package var password: Secret?
        package var sslMode: String?
        package var sslRootCertificate: String?
        package var connectTimeout: Int
        package var statementTimeout: Int
        package var roundTripTimeout: Int
        package var isPipelined: Bool
        package var isPooled: Bool
        package var searchPath: String
        package var limits: [Bulkhead: RateBound]
        package var sharesLimits: Bool

        /// For libpq, and for nothing else: the URL with the password back in its place.
        package func revealURL() -> String? {
            guard case .url(let url) = location else { return nil }
            return password.map { PostgresURL.join(url, $0.reveal()) } ?? url
        }
    }
}
