import FreshetCore
import FreshetWorker
import Synchronization
import Testing

@Suite struct ReadPaceTests {
    /// A clock that only sleeping moves.
    private final class Clock: Surroundings {
        private let time = Mutex<UInt64>(1_000_000_000)
        private let total = Mutex(0)

        var slept: Int { total.withLock { $0 } }
        func now() -> UInt64 { time.withLock { $0 } }
        func wallClock() -> Int64 { 0 }
        func random() -> UInt64 { 0 }
        func sleep(milliseconds: Int) async {
            time.withLock { $0 += UInt64(milliseconds) * 1_000_000 }
            total.withLock { $0 += milliseconds }
        }
    }

    /// Answers one wait, or fails.
    private final class Keeper: SharedRate {
        var wait: UInt64?
        var asked: [(queries: Int, rows: Int)] = []

        func reserve(queries: Int, rows: Int, _ bound: RateBound) throws(Fault) -> UInt64 {
            asked.append((queries, rows))
            guard let wait else { throw Fault(.redis, .timeout, "away") }
            return wait
        }
    }

    @Test func rowsAreWaitedForByTheNext() async {
        let clock = Clock()
        let pace = ReadPace(RateBound(rows: 100), clock)
        await pace.wait(queries: 1)
        #expect(clock.slept == 0)
        pace.took(rows: 300)
        await pace.wait(queries: 1)
        #expect(clock.slept == 2_000, "three seconds' worth less the burst")
    }

    @Test func theStricterOfBothHolds() async {
        let clock = Clock()
        let pace = ReadPace(RateBound(queries: 10, rows: 1_000_000), clock)
        for _ in 0..<40 { await pace.wait(queries: 1) }
        #expect((2_990...3_010).contains(clock.slept))
    }

    @Test func aKeeperThatFailsIsLeftAloneForAWhile() async {
        let clock = Clock()
        let keeper = Keeper()
        let pace = ReadPace(RateBound(queries: 10), shared: keeper, clock)
        await pace.wait(queries: 10)
        await pace.wait(queries: 10)
        #expect(keeper.asked.count == 1)
        #expect(clock.slept == 1_000, "the bound holds, of this worker alone")
        keeper.wait = 250_000_000
        await clock.sleep(milliseconds: 5_000)
        pace.took(rows: 7)
        await pace.wait(queries: 3)
        #expect(keeper.asked.last?.queries == 3 && keeper.asked.last?.rows == 7)
        #expect(clock.slept == 1_000 + 5_000 + 250)
    }
}
