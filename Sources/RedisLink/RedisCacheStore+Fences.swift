import FreshetCore

extension RedisCacheStore: FencedCache {
    package func touches(of keys: [[UInt8]], from place: Int64?) async throws(Fault) -> [TouchSight] {
        if keys.isEmpty { return [] }
        let fields = try command(["HMGET", record, "touches", "top"])
        let head =
            fields[0].map { String(decoding: $0, as: UTF8.self) }?
            .split(separator: " ").compactMap { Int64($0) } ?? []
        // Without a log, or with touches beside it, nothing is proved.
        guard head.count == 5, fields[1] == nil else {
            return keys.map { _ in TouchSight(place: -1, untouchedFrom: .max) }
        }
        let next = head[1]
        let start = min(max(head[0], place ?? next), next)
        var untouched = [Int64](repeating: start, count: Bucket.count)
        if start < next {
            let touches = try command(["HMGET", record] + (start..<next).map { "touch:\($0)" })
            for (number, touch) in zip(start..<next, touches) {
                // 'ticket newest SET'; what has left the log meanwhile may hold any bucket.
                let parts = touch?.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
                if let parts, parts.count == 3 {
                    for bucket in BucketSet(bytes: Array(parts[2])).members { untouched[Int(bucket)] = number + 1 }
                } else {
                    for bucket in untouched.indices { untouched[bucket] = number + 1 }
                }
            }
        }
        return keys.map { TouchSight(place: next, untouchedFrom: untouched[Int($0.withUnsafeBytes(Bucket.of))]) }
    }

    private func command(_ words: [String]) throws(Fault) -> [[UInt8]?] {
        let reply = try command(words.map { Array($0.utf8) })
        guard let texts = reply.elements, texts.count == words.count - 2 else { throw unexpected(reply, to: "HMGET") }
        return texts.map(\.bytes)
    }
}
