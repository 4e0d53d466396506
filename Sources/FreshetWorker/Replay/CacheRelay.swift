import FreshetCore

/// Stands before a cache: what only reads it passes through.
package protocol CacheRelay: CacheStore {
    var cache: any CacheStore { get }
}

extension CacheRelay {
    package func look(_ partitions: [Partition]) async throws(Fault) -> ControlView {
        try await cache.look(partitions)
    }

    package func notes(_ names: [String]) async throws(Fault) -> [String: String] { try await cache.notes(names) }

    package func scan(
        pattern: String, cursor: UInt64, count: Int
    ) async throws(Fault) -> (cursor: UInt64, keys: [[UInt8]]) {
        try await cache.scan(pattern: pattern, cursor: cursor, count: count)
    }

    package func get(_ keys: [[UInt8]]) async throws(Fault) -> [[UInt8]?] { try await cache.get(keys) }

    package func recall(_ edge: [UInt8], _ children: [[UInt8]]) async throws(Fault) -> [[UInt8]?] {
        try await cache.recall(edge, children)
    }
}
