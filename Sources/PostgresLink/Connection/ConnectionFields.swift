import CLibpq
import FreshetCore

/// The keywords that libpq connects with: the user's, with ours laid over them.
struct ConnectionFields {
    private(set) var values: [String: String] = [:]

    var password: String? { values["password"] }

    /// For messages: where, never with which secret.
    var place: String {
        let host = values["host"] ?? values["hostaddr"] ?? "the default host"
        return "\(host):\(values["port"] ?? "5432"), database \(values["dbname"] ?? values["user"] ?? "by default")"
    }

    init(_ settings: PostgresSettings, isReadOnly: Bool) throws(Fault) {
        switch settings.target {
        case .url(let url): values = try Self.parse(url)
        case .parts(let host, let port, let user, let password, let database):
            values = ["host": host, "port": "\(port)", "user": user, "dbname": database]
            values["password"] = password
        }
        if let mode = settings.sslMode { values["sslmode"] = mode }
        if let path = settings.sslRootCertificate { values["sslrootcert"] = path }
        values["application_name"] = settings.applicationName
        values["client_encoding"] = "UTF8"
        // Our deadline counts for all hosts together, libpq's for each.
        values["connect_timeout"] = nil
        if values["host"]?.contains(",") == true, values["target_session_attrs"] == nil {
            values["target_session_attrs"] = "primary"
        }
        if !settings.isPooled {
            let pins = SessionPins(settings, isReadOnly: isReadOnly).startupOptions
            values["options"] = [values["options"], pins].compactMap { $0 }.joined(separator: " ")
        }
    }

    private static func parse(_ url: String) throws(Fault) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &message) else {
            // libpq's words may quote a part of the URL, and that part may be the password.
            if let message { PQfreemem(message) }
            throw Fault(
                .postgres, .cannotConnect,
                "the PostgreSQL URL can't be understood: want postgresql://user:password@host:port/database, with "
                    + "special characters in the password percent-encoded")
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return values
    }
}
