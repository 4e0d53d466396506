/// Every setting as it holds, and where it came from; secrets as `***`.
package struct EffectiveSettings: Sendable {
    package struct Row: Hashable, Sendable {
        package var setting: String
        /// As it would be written in a file; nil: not set.
        package var value: String?
        /// `default`, `freshet.yaml:12`, `FRESHET_REDIS_PORT`, or the file that holds the secret.
        package var origin: String
    }

    package let rows: [Row]

    init(_ resolved: ResolvedSettings) {
        var rows: [Row] = []
        let hasURL = resolved.values["postgres.url"] != nil
        for spec in SettingTable.all {
            if case .map = spec.form {
                rows += Self.mapRows(spec, resolved)
                continue
            }
            // What the URL says instead.
            if hasURL, SettingsLayers.postgresParts.contains(spec.path) { continue }
            var found = resolved.values[spec.path]
            if spec.path == "postgres.url", case .text(let url)? = found?.value,
                found?.origin == resolved.values["postgres.password"]?.origin
            {
                found?.value = .text(PostgresURL.mask(url))
            }
            rows.append(
                Row(
                    setting: spec.path, value: found.map { Self.show($0.value, spec.form) },
                    origin: "\(found?.origin ?? .fallback)"))
        }
        for (topic, values) in resolved.perTopic.sorted(by: { $0.key < $1.key }) {
            for spec in SettingTable.offsets {
                guard let found = values[spec.name] else { continue }
                rows.append(
                    Row(
                        setting: "\(SettingTable.topicsSection).\(topic).\(spec.name)",
                        value: Self.show(found.value, spec.form), origin: "\(found.origin)"))
            }
        }
        self.rows = rows
    }

    private static func mapRows(_ spec: SettingSpec, _ resolved: ResolvedSettings) -> [Row] {
        let pairs = resolved.map(spec.path)
        let origin = "\(resolved.values[spec.path]?.origin ?? .fallback)"
        if pairs.isEmpty { return [Row(setting: spec.path, value: nil, origin: origin)] }
        return pairs.map { pair in
            let isSecret = ["password", "secret", "token", "key.pem"].contains { pair.name.contains($0) }
            let isMasked = isSecret || pair.name.contains("jaas") || pair.name == "sasl.oauthbearer.config"
            return Row(
                setting: "\(spec.path).\(pair.name)", value: isMasked ? Secret.mask : pair.value, origin: origin)
        }
    }

    private static func show(_ value: SettingValue, _ form: SettingForm) -> String {
        switch (value, form) {
        case (.secret, _): Secret.mask
        case (.text(let text), _): text
        case (.boolean(let value), _): "\(value)"
        case (.integer(let value), .duration): Units.write(duration: Int64(value))
        case (.integer(let value), .size): Units.write(size: value)
        case (.integer(let value), .percent): Units.write(percent: value)
        case (.integer(let value), _): "\(value)"
        case (.map, _): ""
        }
    }
}
