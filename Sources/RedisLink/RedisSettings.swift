/// Where Redis is and how long it may take.
package struct RedisSettings: Hashable, Sendable {
    package var host: String
    package var port: Int
    /// nil: the default user.
    package var username: String?
    package var password: String?
    package var database: Int
    /// Milliseconds for name look-up, connection and handshake together.
    package var connectTimeout: Int
    /// Milliseconds from the first byte of a request to the last byte of its answer.
    package var commandTimeout: Int
    /// As `CLIENT LIST` shows it; no spaces.
    package var clientName: String

    package init(
        host: String = "127.0.0.1", port: Int = 6379, username: String? = nil, password: String? = nil,
        database: Int = 0, connectTimeout: Int = 2_000, commandTimeout: Int = 5_000, clientName: String = "freshet"
    ) {
        self.host = host
        self.port = port
        self.username = username
        self.password = password
        self.database = database
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
        self.clientName = clientName
    }

    package var address: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// The password is never printed, neither by interpolation nor by `dump`.
extension RedisSettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "redis://\(address)/\(database)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["address": address, "database": database as Any]) }
}
