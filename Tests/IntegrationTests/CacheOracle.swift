import Foundation
import FreshetCore
import PostgresLink
import RedisLink

/// Compares the cache with the read models, byte for byte.
struct CacheOracle {
    let bench: any LeagueBench

    struct Verdict {
        /// Keys whose value is not the read model's, and keys of entities that don't exist.
        var stale: [String] = []
        var equal = 0
        /// Keys of entities that exist and aren't cached: a reader reads PostgreSQL, which is never stale.
        var absent = 0
        /// Keys of matches, equal or not.
        var matches = 0
    }

    func compare() async throws -> Verdict {
        var verdict = Verdict()
        let cache = bench.cache()
        let connection = bench.connection()
        var known: Set<String> = []
        for kind in ["event", "phase", "team", "match", "standings"] {
            let rows = try connection.query("select id, doc from rm_\(kind) order by id")
            let keys = rows.map { "v1:\(kind):\($0[0] ?? "")" }
            known.formUnion(keys)
            let values = try await cache.get(keys.map { Array($0.utf8) })
            for (index, value) in values.enumerated() {
                guard let value else {
                    verdict.absent += 1
                    continue
                }
                if kind == "match" { verdict.matches += 1 }
                if value == Array((rows[index][1] ?? "").utf8) {
                    verdict.equal += 1
                } else {
                    verdict.stale.append("\(keys[index]) = \(String(decoding: value.prefix(200), as: UTF8.self))")
                }
            }
        }
        var cursor: UInt64 = 0
        repeat {
            let page = try await cache.scan(pattern: "v1:*", cursor: cursor, count: 1_000)
            cursor = page.cursor
            for key in page.keys.map({ String(decoding: $0, as: UTF8.self) }) where !known.contains(key) {
                verdict.stale.append("\(key) is of no entity")
            }
        } while cursor != 0
        return verdict
    }

    /// The standings as a reader of the cache sees them, in the form of `PublishedTables`; nil where not cached.
    func standings() async throws -> [String]? {
        guard let value = try await bench.cache().get([Array("v1:standings:1".utf8)])[0],
            let document = try JSONSerialization.jsonObject(with: Data(value)) as? [String: Any],
            let table = document["table"] as? [[String: Any]]
        else { return nil }
        let columns = ["position", "name", "played", "won", "drawn", "lost", "gf", "ga", "points"]
        return table.map { row in columns.map { "\(row[$0] ?? "")" }.joined(separator: " ") }
    }
}
