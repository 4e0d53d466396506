/// A value that fits its setting's form.
enum SettingValue: Sendable {
    /// Texts, choices, addresses, paths; URLs without their password.
    case text(String)
    case boolean(Bool)
    /// Numbers, milliseconds, bytes, thousandths.
    case integer(Int)
    case secret(Secret)
    case map([(name: String, value: String)])
}

/// Where a value came from.
package enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
    case fallback
    case file(String, line: Int)
    case variable(String)
    /// The file that holds a secret.
    case secretFile(String)

    package var description: String {
        switch self {
        case .fallback: "default"
        case .file(let name, let line): "\(name):\(line)"
        case .variable(let name): name
        case .secretFile(let path): path
        }
    }
}
