import FreshetCore
import RedisLink
import Testing

@Suite struct RateTests {
    /// Two workers: what one has reserved, the other waits for.
    @Test func twoKeepOneRate() throws {
        let redis = try RedisHarness()
        let bound = RateBound(queries: 100, rows: 1_000)
        let (first, second) = (RedisRate(redis.another(), .warm), RedisRate(redis.another(), .warm))
        #expect(try first.reserve(queries: 100, rows: 0, bound) == 0)
        let wait = try second.reserve(queries: 1_000, rows: 0, bound)
        // Ten seconds' worth, and little time has passed since the first.
        #expect(wait > 5_000_000_000 && wait <= 10_000_000_000)
        #expect(try first.reserve(queries: 0, rows: 90_000, bound) > 60_000_000_000)
        #expect(try RedisRate(redis.another(), .retry).reserve(queries: 1, rows: 1, bound) == 0, "a class of its own")
        #expect(try first.reserve(queries: 1, rows: 1, RateBound()) == 0)
    }
}
