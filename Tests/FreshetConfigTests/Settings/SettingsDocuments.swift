import FreshetConfig

/// Documents that are made from the table of settings. `FRESHET_TEST_REWRITE=1 swift test --filter SettingsDocuments`
/// writes them anew.
enum SettingsDocuments {
    // MARK: the table of the documentation

    static func markdown() -> String {
        var text = "| setting | unit | default | what |\n| --- | --- | --- | --- |\n"
        for spec in SettingTable.all {
            text += "| `\(spec.path)` | \(spec.form.unit) | \(fallback(spec)) | \(spec.doc) |\n"
        }
        return text
    }

    private static func fallback(_ spec: SettingSpec) -> String {
        switch spec.fallback {
        case .required: "required"
        case .none: "not set"
        case .value(let text): "`\(text)`"
        case .same(let path): "as `\(path)`"
        }
    }

    // MARK: the example

    /// Every setting; commented out where it stands at its default or isn't set. `given` is what the league sets.
    static func example(_ given: [String: String]) -> String {
        var text = """
            # Settings of a deployment that keeps the league fresh: `freshet worker --config schemas/freshet.yaml`.
            # Every setting is here. Those behind a `#` stand at their default, or at an example where they have none.
            # A variable overrides each: `redis.connect-timeout` is FRESHET_REDIS_CONNECT_TIMEOUT.
            # Paths are relative to this file.


            """
        write(section: "", depth: 0, given, &text)
        return text
    }

    private static func write(section: String, depth: Int, _ given: [String: String], _ text: inout String) {
        let indent = String(repeating: "  ", count: depth)
        var seen: Set<String> = []
        for spec in SettingTable.all where section.isEmpty || spec.path.hasPrefix(section + ".") {
            let rest = section.isEmpty ? spec.path : String(spec.path.dropFirst(section.count + 1))
            let name = String(rest.prefix { $0 != "." })
            guard seen.insert(name).inserted else { continue }
            if name != rest {
                let path = section.isEmpty ? name : "\(section).\(name)"
                text += (depth == 0 ? "\n" : "") + "\(indent)\(name):\n"
                write(section: path, depth: depth + 1, given, &text)
                continue
            }
            text += "\(indent)# \(spec.doc).\n"
            if let value = given[spec.path] {
                text += "\(indent)\(name): \(value)\n"
            } else {
                text += "\(indent)#\(name): \(sample(spec))\n"
            }
        }
        if section == "offsets" {
            text += "\(indent)# The same settings for one topic alone.\n\(indent)#topics:\n"
            text += "\(indent)#  league.changes:\n\(indent)#    missing: rebuild\n"
        }
    }

    private static func sample(_ spec: SettingSpec) -> String {
        switch spec.fallback {
        case .value(let text): return text.contains("{") ? "\"\(text)\"" : text
        case .same(let path): return "(as \(path))"
        case .required: return "(required)"
        case .none: break
        }
        switch spec.form {
        case .map: return "{fetch.wait.max.ms: 100}"
        case .secretFile: return "/run/secrets/\(spec.section.replacing(".", with: "-"))-password"
        case .secret: return "..."
        case .url: return "postgresql://freshet@127.0.0.1:5432/league?sslmode=verify-full"
        case .choice(let names): return names[0]
        case .file where spec.path == "status-file": return "/run/freshet/status"
        case .file: return "/etc/ssl/certs/ca-certificates.crt"
        case .integer: return "1000000"
        default: return "NAME"
        }
    }
}
