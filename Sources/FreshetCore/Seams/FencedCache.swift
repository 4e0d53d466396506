/// A cache whose fences can be looked at without touching them: for `verify` and the consistency figure.
package protocol FencedCache: CacheStore {
    /// The fence of each key's bucket, with its count; 0 where nothing has touched the bucket. Every touch of a bucket
    /// changes its fence.
    func fences(of keys: [[UInt8]]) async throws(Fault) -> [Int64]
}
