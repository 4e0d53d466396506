/// One setting: the row from which parsing, `config show`, documentation and JSON Schema are made.
package struct SettingSpec: Sendable {
    package enum Fallback: Sendable, Hashable {
        /// There is no default: it must be given.
        case required
        /// Not set.
        case none
        /// As it would be written in a file.
        case value(String)
        /// Whatever another setting says.
        case same(as: String)
    }

    /// `redis.port`
    package var path: String
    package var form: SettingForm
    package var fallback: Fallback
    /// What it does; one sentence without a full stop.
    package var doc: String

    init(_ path: String, _ form: SettingForm, _ fallback: Fallback = .none, _ doc: String) {
        self.path = path
        self.form = form
        self.fallback = fallback
        self.doc = doc
    }

    init(_ path: String, _ form: SettingForm, _ value: String, _ doc: String) {
        self.init(path, form, .value(value), doc)
    }

    /// The variable that overrides it: `redis.connect-timeout` → `FRESHET_REDIS_CONNECT_TIMEOUT`.
    package var variable: String {
        SettingTable.variablePrefix
            + path.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
    }

    /// nil where only a file can say it.
    package var override: String? {
        if case .map = form { return nil }
        return variable
    }

    package var section: String { path.lastIndex(of: ".").map { String(path[..<$0]) } ?? "" }
    package var name: String { path.lastIndex(of: ".").map { String(path[path.index(after: $0)...]) } ?? path }

    /// For `redis.password-file` the path `redis.password`.
    package var secretPath: String? {
        guard case .secretFile = form else { return nil }
        return String(path.dropLast("-file".count))
    }
}
