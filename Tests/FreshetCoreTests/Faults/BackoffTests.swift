import FreshetCore
import Testing

struct BackoffTests {
    @Test func theCeilingDoublesUpToItsCap() {
        var backoff = Backoff(.init(initial: 50, cap: 1_000))
        // The largest draw below each ceiling.
        let longest = [50, 100, 200, 400, 800, 1_000, 1_000].map { ceiling in backoff.next(random: UInt64(ceiling - 1))
        }
        #expect(longest == [50, 100, 200, 400, 800, 1_000, 1_000])
        #expect(backoff.attempts == 7)
    }

    @Test func everyWaitIsAtLeastAMillisecondAndAtMostTheCap() {
        var random = SplitMix(seed: 5)
        for settings in [
            Backoff.Settings(), .init(initial: 1, cap: 1), .init(initial: 0, cap: 0), .init(initial: 4, cap: 60),
        ] {
            var backoff = Backoff(settings)
            let waits = (0..<200).map { _ in backoff.next(random: random.next()) }
            #expect(waits.allSatisfy { (1...max(1, settings.cap)).contains($0) })
        }
    }
}
