import FreshetCore

extension RedisModel {
    package enum LeaseAnswer: Hashable, Sendable {
        case hit([UInt8])
        /// `wait` is 0 for the caller that reads.
        case miss(token: [UInt8], wait: Int64)
        case none
    }

    /// `GET`: what a reader sees.
    package func get(_ key: [UInt8]) -> [UInt8]? {
        guard let value = values[key], value.expires > now else { return nil }
        return value.bytes
    }

    /// `SET … PX`: a service that fills without asking.
    package mutating func set(_ key: [UInt8], _ bytes: [UInt8], timeToLive: Int64) throws(Fault) {
        if isFull { throw Self.outOfMemory() }
        values[key] = Value(bytes: bytes, expires: now + timeToLive)
    }

    /// `lease.lua`
    package mutating func lease(_ key: [UInt8], milliseconds: Int64 = 0, holder: String = "") -> LeaseAnswer {
        if let value = get(key) { return .hit(value) }
        guard let token, record?.fingerprints.isEmpty == false else { return .none }
        if milliseconds == 0 { return .miss(token: token, wait: 0) }
        if let lease = leases[key], lease.until > now { return .miss(token: token, wait: lease.until - now) }
        leases[key] = Lease(holder: holder, until: now + milliseconds)
        return .miss(token: token, wait: 0)
    }

    /// `fill.lua`
    package mutating func fill(
        _ key: [UInt8], token: [UInt8], value: [UInt8], timeToLive: Int64, holder: String? = nil
    ) throws(Fault) -> Bool {
        if isFull { throw Self.outOfMemory() }
        if let holder, leases[key]?.holder == holder { leases[key] = nil }
        guard let last = token.lastIndex(of: UInt8(ascii: " ")), let known = self.token,
            token[..<last] == known[..<(known.lastIndex(of: UInt8(ascii: " ")) ?? 0)],
            let place = Int64(String(decoding: token[(last + 1)...], as: UTF8.self)),
            record?.touches?.isUntouched(key.withUnsafeBytes(Bucket.of), since: place) == true
        else { return false }
        values[key] = Value(bytes: value, expires: now + timeToLive)
        return true
    }

    /// One step of `SCAN`. It goes from bucket to bucket, so that keys which come and go between the steps don't make
    /// it pass over others, which is what Redis promises too.
    package func scan(pattern: String, cursor: UInt64, count: Int) -> (cursor: UInt64, keys: [[UInt8]]) {
        let pattern = Array(pattern.utf8)
        let ordered = values.keys.filter { get($0) != nil }
            .map { (bucket: UInt64($0.withUnsafeBytes(Bucket.of)), key: $0) }
            .filter { $0.bucket >= cursor }
            .sorted { $0.bucket == $1.bucket ? $0.key.lexicographicallyPrecedes($1.key) : $0.bucket < $1.bucket }
        guard ordered.count > max(count, 1) else {
            return (0, ordered.map(\.key).filter { Glob.matches($0[...], pattern[...]) })
        }
        // A bucket is never split between two steps.
        let last = ordered[max(count, 1) - 1].bucket
        let step = ordered.filter { $0.bucket <= last }.map(\.key)
        return (last + 1, step.filter { Glob.matches($0[...], pattern[...]) })
    }

    private var token: [UInt8]? {
        guard let record, let touches = record.touches else { return nil }
        let words = [
            process, record.incarnation, record.history.description, "\(record.floor)", "\(touches.next)",
        ]
        return Array(words.joined(separator: " ").utf8)
    }
}
