/// How a client proves who it is. The password is a plain string here; it never appears in a message of this library.
package struct KafkaSecurity: Hashable, Sendable {
    /// `plaintext`, `ssl`, `sasl_plaintext` or `sasl_ssl`.
    package var securityProtocol: String
    /// `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.
    package var mechanism: String?
    package var username: String?
    package var password: String?
    /// File with the certificates that brokers are checked against; nil: the system's.
    package var authorities: String?

    package init(
        securityProtocol: String = "plaintext", mechanism: String? = nil, username: String? = nil,
        password: String? = nil, authorities: String? = nil
    ) {
        self.securityProtocol = securityProtocol
        self.mechanism = mechanism
        self.username = username
        self.password = password
        self.authorities = authorities
    }
}
