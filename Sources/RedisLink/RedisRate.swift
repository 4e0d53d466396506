import FreshetCore

/// A rate that workers keep together in Redis, on a connection of its own.
package final class RedisRate: SharedRate {
    private let store: RedisCacheStore
    private let key: String

    package init(_ store: RedisCacheStore, _ bulkhead: Bulkhead) {
        self.store = store
        key = "\(store.record):limit:\(bulkhead.rawValue)"
    }

    package func reserve(queries: Int, rows: Int, _ bound: RateBound) throws(Fault) -> UInt64 {
        try store.reserve(key, queries: queries, rows: rows, bound)
    }
}

extension RedisCacheStore {
    /// Nanoseconds to wait.
    fileprivate func reserve(_ key: String, queries: Int, rows: Int, _ bound: RateBound) throws(Fault) -> UInt64 {
        let reply = try call(.limit) {
            begin(.limit, keys: 1, arguments: 5)
            commands.add(key)
            for number in [queries, bound.queries, rows, bound.rows, Int(RateMeter.burst / 1_000)] {
                commands.add(number)
            }
        }
        guard let microseconds = reply.int else { throw unexpected(reply, to: "limit.lua") }
        return UInt64(max(0, microseconds)) * 1_000
    }
}
