/// A cache whose touches can be looked at without touching anything: for `verify` and the consistency figure.
package protocol FencedCache: CacheStore {
    /// What the log of touches says of each key; only touches from `place` on are looked at, nil for none.
    func touches(of keys: [[UInt8]], from place: Int64?) async throws(Fault) -> [TouchSight]
}
