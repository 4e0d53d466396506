import FreshetCore
import Testing

struct SplitMixTests {
    @Test func theSameSeedPlaysTheSame() {
        var a = SplitMix(seed: 42)
        var b = SplitMix(seed: 42)
        let first = (0..<100).map { _ in a.next() }
        let second = (0..<100).map { _ in b.next() }
        #expect(first == second)
    }

    /// The published sequence of SplitMix64 from seed 1234567.
    @Test func isSplitMix64() {
        var random = SplitMix(seed: 1_234_567)
        let numbers = [random.next(), random.next()]
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973])
    }
}
