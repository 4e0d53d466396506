import FreshetWorker
import Testing

struct LaneWindowTests {
    private static var settings: WorkerSettings {
        var settings = WorkerSettings(owner: "o", group: "g")
        settings.batchRecords = 100_000
        settings.receiveRecords = 2_000
        settings.behindRecords = 10_000
        settings.behindWait = 500
        return settings
    }
    private static let second: UInt64 = 1_000_000_000

    @Test func aFewRecordsAreABatchAtOnce() {
        var window = LaneWindow(Self.settings, began: 0)
        var asked = false
        func waiting() -> Int {
            asked = true
            return 1_000_000
        }
        #expect(window.wait(after: 10, held: 0, now: 0, waiting: waiting()) == nil)
        #expect(!asked)
    }

    @Test func aFullReceiveTakesWhatIsThereAndNoMore() {
        var window = LaneWindow(Self.settings, began: 0)
        #expect(window.wait(after: 2_000, held: 0, now: 0, waiting: 9_999) == 0)
        #expect(window.wait(after: 1_999, held: 2_000, now: 0, waiting: 0) == nil)
    }

    /// The wait grows with the backlog, to its bound, and counts from the batch's beginning.
    @Test func theFurtherBehindTheLongerTheWait() {
        for (waiting, expected) in [(10_000, 50), (40_000, 200), (10_000_000, 500)] {
            var window = LaneWindow(Self.settings, began: Self.second)
            #expect(window.wait(after: 2_000, held: 0, now: Self.second, waiting: waiting) == expected)
            let later = Self.second + 30_000_000
            #expect(window.wait(after: 1, held: 2_000, now: later, waiting: waiting - 2_000) == expected - 30)
        }
    }

    /// The first records came of one partition; how many the others hold is known a moment later.
    @Test func aBacklogThatTurnsOutLongerGetsItsTime() {
        var window = LaneWindow(Self.settings, began: Self.second)
        #expect(window.wait(after: 2_000, held: 0, now: Self.second, waiting: 20_000) == 100)
        let later = Self.second + 90_000_000
        #expect(window.wait(after: 2_000, held: 18_000, now: later, waiting: 22_000) == 110)
        #expect(window.wait(after: 2_000, held: 30_000, now: later, waiting: 8_000) == 110)
        #expect(window.wait(after: 2_000, held: 38_000, now: later, waiting: 0) == 0)
    }

    /// A backlog that was seen is taken to its end, also where little comes at a time; but not beyond the deadline.
    @Test func aBacklogIsTakenToItsEnd() {
        var window = LaneWindow(Self.settings, began: 0)
        #expect(window.wait(after: 2_000, held: 0, now: 0, waiting: 20_000) == 100)
        #expect(window.wait(after: 3, held: 2_000, now: 40_000_000, waiting: 5) == 60)
        #expect(window.wait(after: 3, held: 2_003, now: 50_000_000, waiting: 0) == nil)
        #expect(window.wait(after: 3, held: 2_003, now: 100_000_000, waiting: 5) == nil)
    }

    @Test func theBatchHasItsBound() {
        var window = LaneWindow(Self.settings, began: 0)
        #expect(window.wait(after: 2_000, held: 96_000, now: 0, waiting: 1_000_000) != nil)
        #expect(window.wait(after: 2_000, held: 96_001, now: 0, waiting: 1_000_000) == nil)
    }
}
