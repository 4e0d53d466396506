import FreshetCore
import Testing

struct RecordPaceTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func itIsTheBestSecond() {
        var pace = RecordPace()
        pace.add(0, now: 5 * Self.second)
        #expect(pace.best == 0)
        pace.add(400, now: 5 * Self.second + Self.second / 2)
        #expect(pace.best == 0, "less than a second says nothing")
        pace.add(600, now: 6 * Self.second)
        #expect(pace.best == 1_000)
        pace.add(300, now: 8 * Self.second)
        #expect(pace.best == 1_000, "150 a second, of a worker that had little to do")
        pace.add(4_000, now: 10 * Self.second)
        #expect(pace.best == 2_000)
    }

    @Test func whatWasDoneBeforeTheFirstLookDoesNotCount() {
        var pace = RecordPace()
        pace.add(1_000_000, now: 0)
        pace.add(10, now: Self.second)
        #expect(pace.best == 10)
    }
}
