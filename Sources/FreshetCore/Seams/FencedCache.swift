/// A cache whose fences can be looked at without touching them: for `verify` and the consistency figure.
package protocol FencedCache: CacheStore {
    /// For each key a number that grows with every touch of its bucket, alone or with all others; 0 where there was
    /// none.
    func fences(of keys: [[UInt8]]) async throws(Fault) -> [Int64]
}
