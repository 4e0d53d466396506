import Foundation

/// A PostgreSQL URL with its password taken out. Everything else is left to libpq.
struct PostgresURL {
    var withoutPassword: String
    var password: Secret?

    /// A message never repeats the URL: what could not be understood may still hold a password.
    init(_ text: String) throws(SettingParser.Complaint) {
        guard let scheme = ["postgresql://", "postgres://"].first(where: { text.hasPrefix($0) }) else {
            throw .init(
                wrong: "is not a PostgreSQL URL", right: "write `postgresql://USER@HOST:PORT/DATABASE`")
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest[authority.endIndex...]
        guard !tail.contains("@") else {
            throw .init(
                wrong: "has an `@` behind the host", right: "percent-encode `/`, `?`, `#` and `@` in the password")
        }
        guard !tail.contains("password=") else {
            throw .init(
                wrong: "has a password among its parameters",
                right: "write `USER:PASSWORD@`, or set `postgres.password-file`")
        }
        withoutPassword = scheme + authority + tail
        guard let at = authority.lastIndex(of: "@"),
            let colon = authority[..<at].firstIndex(of: ":")
        else { return }
        guard let decoded = String(authority[authority.index(after: colon)..<at]).removingPercentEncoding else {
            throw .init(
                wrong: "has a password with a `%` that encodes nothing", right: "write `%` as `%25`")
        }
        withoutPassword = scheme + authority[..<colon] + authority[at...] + tail
        password = decoded.isEmpty ? nil : Secret(decoded)
    }

    /// Puts a password into a URL that has none.
    static func join(_ url: String, _ password: String) -> String {
        let allowed = CharacterSet(charactersIn: "a"..."z").union(CharacterSet(charactersIn: "A"..."Z"))
            .union(CharacterSet(charactersIn: "0"..."9"))
        return insert(password.addingPercentEncoding(withAllowedCharacters: allowed) ?? "", into: url)
    }

    /// As it is shown where it had a password.
    static func mask(_ url: String) -> String { insert(Secret.mask, into: url) }

    private static func insert(_ encoded: String, into url: String) -> String {
        guard let start = url.range(of: "://")?.upperBound else { return url }
        let authority = url[start...].prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@") else { return url[..<start] + ":\(encoded)@" + url[start...] }
        return url[..<at] + ":\(encoded)" + url[at...]
    }
}
