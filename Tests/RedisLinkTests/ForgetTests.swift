import FreshetCore
import RedisLink
import Testing

@Suite struct ForgetTests {
    /// What was written since it was read knows more, and stays.
    @Test func onlyWhatIsStillTheSameGoes() throws {
        let redis = try RedisHarness()
        defer { withExtendedLifetime(redis) {} }
        let store = redis.another()
        let hash = Array("v1:freshet:memory:a->b".utf8)
        for child in 1...700 { _ = try store.command("HSET", "v1:freshet:memory:a->b", "\(child)", "i/1/9") }
        var seen: [(child: [UInt8], entry: [UInt8])] = []
        var cursor: UInt64 = 0
        repeat {
            let step = try store.entries(of: hash, cursor: cursor, count: 100)
            seen += step.entries
            cursor = step.cursor
        } while cursor != 0
        #expect(Set(seen.map(\.child)).count == 700)
        _ = try store.command("HSET", "v1:freshet:memory:a->b", "7", "i/2/8")
        _ = try store.command("HDEL", "v1:freshet:memory:a->b", "8")
        _ = try store.command("HSET", "v1:freshet", "incarnation", "other")
        #expect(try store.forget(seen, of: hash, incarnation: "i") == nil)
        #expect(try store.command("HLEN", "v1:freshet:memory:a->b").int == 699)
        _ = try store.command("HSET", "v1:freshet", "incarnation", "i")
        #expect(try store.forget(seen, of: hash, incarnation: "i") == 698)
        #expect(try store.command("HGETALL", "v1:freshet:memory:a->b").elements?.map(\.text) == ["7", "i/2/8"])
        #expect(try store.forget([], of: hash, incarnation: "i") == 0)
    }
}
