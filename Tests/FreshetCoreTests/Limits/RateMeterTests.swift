import FreshetCore
import Testing

@Suite struct RateMeterTests {
    private static let second: UInt64 = 1_000_000_000

    /// A second's worth at once, then evenly.
    @Test func afterTheBurstItIsTheRate() {
        var meter = RateMeter()
        let start: UInt64 = 77
        #expect(meter.reserve(10, perSecond: 10, now: start) == 0)
        #expect(meter.reserve(1, perSecond: 10, now: start) == Self.second / 10)
        #expect(meter.reserve(4, perSecond: 10, now: start) == Self.second / 2)
        // Half a second later the half is gone.
        #expect(meter.reserve(0, perSecond: 10, now: start + Self.second / 2) == 0)
    }

    /// Whoever obeys gets through n + burst in n seconds, however the calls are cut.
    @Test(arguments: [1, 3, 50]) func whoObeysKeepsTheRate(_ step: Int) {
        var meter = RateMeter()
        var now = Self.second
        var done = 0
        while now <= 11 * Self.second {
            now += meter.reserve(step, perSecond: 100, now: now)
            if now <= 11 * Self.second { done += step }
        }
        #expect(done >= 1_000 && done <= 1_100 + step)
    }

    @Test func aPauseEarnsNoMoreThanTheBurst() {
        var meter = RateMeter()
        _ = meter.reserve(10, perSecond: 10, now: 0)
        #expect(meter.reserve(10, perSecond: 10, now: 100 * Self.second) == 0)
        #expect(meter.reserve(5, perSecond: 10, now: 100 * Self.second) == Self.second / 2)
    }

    @Test func withoutARateNothingWaits() {
        var meter = RateMeter()
        #expect(meter.reserve(.max, perSecond: 0, now: 5) == 0)
        #expect(meter.reserve(.max, perSecond: 1, now: .max / 2) > 0, "and no count runs over")
    }
}
