/// Who may import whom. Mirrors the architecture notes; SwiftPM itself doesn't find an import that no target declares.
enum ImportTable {
    static let ours: Set<String> = [
        "FreshetCore", "Telemetry", "LocalServers", "FreshetEvents", "FreshetConfig", "KafkaLink", "RedisLink",
        "PostgresLink", "FreshetWorker", "Simulator", "CommandKit", "Wiring", "DevLeague", "Chaos", "Bench",
    ]
    /// What comes with Swift.
    static let system: Set<String> = ["Dispatch", "Foundation", "Glibc", "Synchronization"]

    /// The worker and what it runs on.
    private static let parts: Set<String> = [
        "FreshetCore", "Telemetry", "FreshetEvents", "FreshetConfig", "KafkaLink", "RedisLink", "PostgresLink",
        "FreshetWorker",
    ]

    /// Core and Worker link no C library and no Foundation, so that every race can be played against parts in memory.
    static let allowed: [String: Set<String>] = [
        "FreshetCore": [],
        "Telemetry": ["Glibc", "Synchronization"],
        "LocalServers": system,
        "FreshetEvents": ["FreshetCore", "CSimdjson"],
        "FreshetConfig": system.union(["FreshetCore", "CLibyaml"]),
        "KafkaLink": system.union(["FreshetCore", "CRdkafka"]),
        "RedisLink": system.union(["FreshetCore", "CHiredis"]),
        "PostgresLink": system.union(["FreshetCore", "CLibpq"]),
        "FreshetWorker": ["FreshetCore", "Telemetry", "Synchronization"],
        "Simulator": ["FreshetCore", "FreshetWorker", "Telemetry", "Synchronization"],
        "CommandKit": system.union(["FreshetCore", "FreshetConfig", "Telemetry"]),
        "Wiring": system.union(parts).union(["CommandKit"]),
        "DevLeague": system.union(parts).union(["LocalServers", "CommandKit", "Wiring"]),
        "Chaos": system.union(parts).union(["LocalServers", "CommandKit", "DevLeague"]),
        "Bench": system.union(parts).union(["LocalServers", "CommandKit", "Wiring", "DevLeague"]),
        // Commands only: C libraries are reached through their links.
        "freshet": system.union(ours),
    ]

    static func violations(in file: SourceFile) -> [String] {
        guard let allowed = allowed[file.module] else { return ["\(file.path): \(file.module) is not in the table"] }
        return file.lines.enumerated().compactMap { number, line in
            guard let module = imported(line), !allowed.contains(module) else { return nil }
            return "\(file.path):\(number + 1): \(file.module) may not import \(module)"
        }
    }

    /// `@preconcurrency package import struct Foundation.Data` → `Foundation`
    static func imported(_ line: String) -> String? {
        var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        let modifiers: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
        while let first = words.first, first.hasPrefix("@") || modifiers.contains(first) { words.removeFirst() }
        guard words.first == "import", words.count > 1 else { return nil }
        let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
        return name.split(whereSeparator: { $0 == "." || $0 == ";" }).first.map(String.init)
    }
}
