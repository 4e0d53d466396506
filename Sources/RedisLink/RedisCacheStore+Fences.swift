import FreshetCore

extension RedisCacheStore: FencedCache {
    package func fences(of keys: [[UInt8]]) async throws(Fault) -> [Int64] {
        if keys.isEmpty { return [] }
        commands.removeAll()
        commands.begin(arguments: 3 + keys.count)
        commands.add("HMGET")
        commands.add(record)
        commands.add("common")
        for key in keys { commands.add(Int64(key.withUnsafeBytes(Bucket.of))) }
        let reply = try exchange()[0]
        guard let fences = reply.elements, fences.count == keys.count + 1 else { throw unexpected(reply, to: "HMGET") }
        // A touch of either changes the sum, and nothing else is asked of it.
        let common = fences[0].int ?? 0
        return fences.dropFirst().map { common + ($0.int ?? 0) }
    }
}
