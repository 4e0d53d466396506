/// What settings say about each other. A setting that was wrong by itself is passed over.
struct SettingsChecks {
    private(set) var problems: [ConfigProblem] = []
    private(set) var warnings: [ConfigProblem] = []
    private let resolved: ResolvedSettings

    init(resolved: ResolvedSettings) {
        self.resolved = resolved
        order("kafka.session-timeout", below: "kafka.max-poll-interval")
        order("worker.commit-interval", below: "worker.shutdown-timeout")
        order("worker.retry.backoff-initial", below: "worker.retry.backoff-cap", orEqual: true)
        order("postgres.statement-timeout", below: "postgres.round-trip-timeout")
        security()
        pattern("dead-letter-topic.name")
        pattern("retry-topic.name")
        kafkaSettings()
        names()
    }

    /// Blames the one that was given; both at their defaults are right.
    private mutating func order(_ small: String, below large: String, orEqual: Bool = false) {
        guard let a = resolved.integer(small), let b = resolved.integer(large), orEqual ? a > b : a >= b else { return }
        let (blamed, other) = resolved.isGiven(small) ? (small, large) : (large, small)
        let (mine, its) = blamed == small ? (a, b) : (b, a)
        let relation = blamed == small ? (orEqual ? "at most" : "less than") : (orEqual ? "at least" : "more than")
        add(
            blamed,
            "\(Units.write(duration: Int64(mine))) doesn't go with `\(other)`, which is "
                + Units.write(duration: Int64(its)),
            "it must be \(relation) that")
    }

    private mutating func security() {
        guard let used = resolved.text("kafka.security.protocol") else { return }
        for path in ["mechanism", "username", "password"].map({ "kafka.security.\($0)" }) {
            let isGiven = resolved.values[path] != nil || resolved.values[path + "-file"] != nil
            if used.hasPrefix("sasl_"), !isGiven {
                let variable = SettingTable.byPath[path]?.variable ?? ""
                add("kafka.security.protocol", "`\(used)` needs `\(path)`", "set it, or \(variable)")
            } else if !used.hasPrefix("sasl_"), isGiven {
                add(
                    path, "has no effect with the protocol `\(used)`",
                    "set `kafka.security.protocol` to `sasl_\(used)`, or remove it")
            }
        }
    }

    private mutating func pattern(_ path: String) {
        guard let pattern = resolved.text(path) else { return }
        let rest = pattern.replacing("{topic}", with: "").replacing("{group}", with: "")
        if let bad = rest.first(where: { !($0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0))) }) {
            add(
                path, "`\(bad)` can't be in a topic's name",
                "use letters, digits, `.`, `_`, `-`, `{topic}` and `{group}`")
        }
    }

    private mutating func kafkaSettings() {
        for (name, _) in resolved.map("kafka.settings") {
            guard let instead = SettingTable.refusedKafkaSettings[name] else { continue }
            add(
                "kafka.settings.\(name)",
                instead == nil ? "can't be changed: the worker relies on its value" : "has a name here",
                instead.map { "set `\($0)`" } ?? "remove it", at: "kafka.settings")
        }
    }

    private mutating func names() {
        for path in ["deployment", "kafka.group", "kafka.client-id", "kafka.instance-id"] {
            guard resolved.isGiven(path), let name = resolved.text(path) else { continue }
            if let bad = name.first(where: { !($0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0))) }) {
                add(path, "`\(bad)` can't be in it", "use letters, digits, `.`, `_` and `-`")
            } else if name.count > 200 {
                add(path, "has \(name.count) characters", "at most 200 are fine")
            }
        }
    }

    private mutating func add(_ path: String, _ wrong: String, _ right: String, at placed: String? = nil) {
        let place = resolved.values[placed ?? path]?.place
        problems.append(
            ConfigProblem(
                file: place?.file ?? "default", line: place?.line, setting: path, wrong: wrong, right: right))
    }
}
