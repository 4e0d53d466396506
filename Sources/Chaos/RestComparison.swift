import FreshetCore
import PostgresLink
import RedisLink

/// Every key of the league beside its read model, while nobody writes.
struct RestComparison: Sendable {
    struct Stale: Sendable {
        var key: String
        var has: String
        var wanted: String?
    }

    var equal = 0
    /// A reader would read PostgreSQL.
    var absent = 0
    /// Written by a worker or a leasing reader; must be none.
    var stale: [Stale] = []
    /// Left behind by a naive reader's plain `SET`.
    var naive: [Stale] = []

    private static let kinds = ["event", "phase", "team", "match", "standings"]

    static func make(_ cache: RedisCacheStore, _ connection: PostgresConnection) async throws -> RestComparison {
        var wanted: [String: String] = [:]
        for kind in kinds {
            for row in try connection.query("select id, doc from rm_\(kind)") {
                if let id = row[0], let document = row[1] { wanted["v1:\(kind):\(id)"] = document }
            }
        }
        var keys = Set(wanted.keys)
        var cursor: UInt64 = 0
        repeat {
            let step = try await cache.scan(pattern: "v1:*", cursor: cursor, count: 500)
            for key in step.keys { keys.insert(String(decoding: key, as: UTF8.self)) }
            cursor = step.cursor
        } while cursor != 0

        var result = RestComparison()
        let sorted = keys.sorted()
        for (key, value) in zip(sorted, try await cache.get(sorted.map { Array($0.utf8) })) {
            result.add(key, value, wanted[key])
        }
        return result
    }

    private mutating func add(_ key: String, _ value: [UInt8]?, _ wanted: String?) {
        guard var value else {
            absent += 1
            return
        }
        let isNaive = value.last == ChaosReader.mark
        if isNaive { value.removeLast() }
        let has = String(decoding: value, as: UTF8.self)
        if has == wanted {
            equal += 1
        } else if isNaive {
            naive.append(Stale(key: key, has: has, wanted: wanted))
        } else {
            stale.append(Stale(key: key, has: has, wanted: wanted))
        }
    }
}
