/// Every setting with its value and where that came from; values that were wrong are missing.
struct ResolvedSettings {
    struct Resolved {
        var value: SettingValue
        var origin: SettingOrigin
        var place: SettingPlace?
    }

    var values: [String: Resolved] = [:]
    /// Topic → `missing`, `lag-bound`, … → value.
    var perTopic: [String: [String: Resolved]] = [:]

    func text(_ path: String) -> String? {
        if case .text(let value)? = values[path]?.value { value } else { nil }
    }

    func integer(_ path: String) -> Int? {
        if case .integer(let value)? = values[path]?.value { value } else { nil }
    }

    func boolean(_ path: String) -> Bool? {
        if case .boolean(let value)? = values[path]?.value { value } else { nil }
    }

    func secret(_ path: String) -> Secret? {
        if case .secret(let value)? = values[path]?.value { value } else { nil }
    }

    func map(_ path: String) -> [(name: String, value: String)] {
        if case .map(let value)? = values[path]?.value { value } else { [] }
    }

    func isGiven(_ path: String) -> Bool { values[path].map { $0.origin != .fallback } ?? false }
}

/// For settings that always have a value; asking for another one is a mistake in `Settings`, which a test builds from
/// nothing but defaults.
extension ResolvedSettings {
    subscript(text path: String) -> String { value(text(path), path) }
    subscript(integer path: String) -> Int { value(integer(path), path) }
    subscript(boolean path: String) -> Bool { value(boolean(path), path) }

    private func value<Value>(_ value: Value?, _ path: String) -> Value {
        // Bytes from outside can't get here: the resolver has refused them, or filled in the table's default.
        guard let value else { preconditionFailure("\(path) has no such value in the table") }
        return value
    }
}
