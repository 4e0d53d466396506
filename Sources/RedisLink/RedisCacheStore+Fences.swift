import FreshetCore

extension RedisCacheStore: FencedCache {
    package func fences(of keys: [[UInt8]]) async throws(Fault) -> [Int64] {
        if keys.isEmpty { return [] }
        commands.removeAll()
        commands.begin(arguments: 2 + keys.count)
        commands.add("HMGET")
        commands.add(record)
        for key in keys { commands.add(Int64(key.withUnsafeBytes(Bucket.of))) }
        let reply = try exchange()[0]
        guard let fences = reply.elements, fences.count == keys.count else { throw unexpected(reply, to: "HMGET") }
        return fences.map { $0.int ?? 0 }
    }
}
