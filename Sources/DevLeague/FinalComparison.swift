import FreshetCore
import PostgresLink

/// Every key of the league in Redis beside its read model, byte for byte.
struct FinalComparison: Sendable, Hashable {
    /// The value is the read model's.
    var equal = 0
    /// Invalidated and not read since: a reader would get the read model.
    var absent = 0
    /// Another value, or a key without a row; none, if the product keeps its promise.
    var stale: [String] = []

    private static let keysPerCall = 500

    static func make(
        graph: Graph, cache: any CacheStore, connection: PostgresConnection
    ) async throws -> FinalComparison {
        var comparison = FinalComparison()
        for kind in graph.kinds {
            for template in kind.keys {
                try await comparison.compare(kind, template, graph, cache, connection)
            }
        }
        return comparison
    }

    private mutating func compare(
        _ kind: Kind, _ template: KeyTemplate, _ graph: Graph, _ cache: any CacheStore, _ connection: PostgresConnection
    ) async throws {
        guard let index = graph.kind(named: kind.name) else { return }
        var wanted: [String: String] = [:]
        for row in try connection.query("select id, doc from rm_\(kind.name)") {
            guard let id = row[0].flatMap({ Int64($0) }), let document = row[1] else { continue }
            var key: [UInt8] = []
            _ = graph.writeKey(template, EntityRef(kind: index, int: id), pool: TextPool(), into: &key)
            wanted[String(decoding: key, as: UTF8.self)] = document
        }
        for key in try await found(template, graph, cache) where wanted[key] == nil { stale.append(key) }
        let keys = wanted.keys.sorted()
        for start in stride(from: 0, to: keys.count, by: Self.keysPerCall) {
            let part = Array(keys[start..<min(start + Self.keysPerCall, keys.count)])
            for (key, value) in zip(part, try await cache.get(part.map { Array($0.utf8) })) {
                guard let value else {
                    absent += 1
                    continue
                }
                if String(decoding: value, as: UTF8.self) == wanted[key] { equal += 1 } else { stale.append(key) }
            }
        }
    }

    /// The kind's keys that are there, whether a row has them or not.
    private func found(_ template: KeyTemplate, _ graph: Graph, _ cache: any CacheStore) async throws -> Set<String> {
        let pattern = template.pieces.map { piece in
            if case .literal(let bytes) = piece { String(decoding: bytes, as: UTF8.self) } else { "*" }
        }.joined()
        var keys: Set<String> = []
        var cursor: UInt64 = 0
        repeat {
            let step = try await cache.scan(pattern: pattern, cursor: cursor, count: Self.keysPerCall)
            for key in step.keys { keys.insert(String(decoding: key, as: UTF8.self)) }
            cursor = step.cursor
        } while cursor != 0
        return keys
    }
}
