import Testing

@testable import Telemetry

@Suite struct BucketsTests {
    @Test func smallNumbersAreExact() {
        for value in UInt64(0)..<32 { #expect(Buckets.lowest(Buckets.index(value)) == value) }
    }

    @Test func bucketsMeetWithoutGap() {
        for index in 0..<Buckets.count - 1 {
            #expect(Buckets.index(Buckets.lowest(index)) == index)
            #expect(Buckets.index(Buckets.highest(index)) == index)
            #expect(Buckets.highest(index) + 1 == Buckets.lowest(index + 1))
        }
    }

    @Test(arguments: [100, 1_000, 1_000_000, 1_000_000_000, 3_600_000_000_000, 50_000_000_000_000] as [UInt64])
    func errorIsAtMostOneSixteenth(value: UInt64) {
        let index = Buckets.index(value)
        #expect(Buckets.lowest(index) <= value && value <= Buckets.highest(index))
        #expect(Buckets.highest(index) - Buckets.lowest(index) < value / 16 + 1)
    }

    @Test func theLastOneTakesEverythingElse() {
        #expect(Buckets.index(.max) == Buckets.count - 1)
        #expect(Buckets.index(1 << 46) == Buckets.count - 1)
        #expect(Buckets.highest(Buckets.count - 1) == .max)
    }
}
