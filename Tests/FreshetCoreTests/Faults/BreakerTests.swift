import FreshetCore
import Testing

@Suite struct BreakerTests {
    private static let second: UInt64 = 1_000_000_000

    private var breaker = Breaker(Breaker.Settings(threshold: 3, period: 10_000, recovery: 2_000, trials: 1))

    /// Fails at each of these seconds.
    private mutating func fail(at seconds: UInt64...) {
        for second in seconds { breaker.failed(in: breaker.round, now: second * Self.second) }
    }

    @Test mutating func opensAtTheThresholdWithinThePeriod() {
        fail(at: 1, 2)
        #expect(breaker.state == .closed)
        fail(at: 3)
        #expect(breaker.state == .open)
        #expect(breaker.ask(now: 4 * Self.second) == .wait(1_001))
    }

    /// Each lane looks at the clock and then waits for its turn at the board.
    @Test mutating func failuresMayComeInAnotherOrderThanTheirTimes() {
        fail(at: 5, 3)
        #expect(breaker.state == .closed)
        fail(at: 4)
        #expect(breaker.state == .open)
    }

    @Test mutating func failuresFarApartDontOpenIt() {
        fail(at: 1, 8, 15, 22, 29)
        #expect(breaker.state == .closed)
    }

    @Test mutating func aSuccessInBetweenForgetsThem() {
        fail(at: 1, 2)
        breaker.succeeded(in: breaker.round)
        fail(at: 3, 4)
        #expect(breaker.state == .closed)
    }

    @Test mutating func oneTrialDecides() {
        fail(at: 1, 2, 3)
        #expect(breaker.ask(now: 5 * Self.second) == .go)
        #expect(breaker.state == .halfOpen)
        #expect(breaker.ask(now: 5 * Self.second) == .wait(100), "one call at a time")
        breaker.failed(in: breaker.round, now: 6 * Self.second)
        #expect(breaker.state == .open)
        #expect(breaker.ask(now: 8 * Self.second) == .go)
        breaker.succeeded(in: breaker.round)
        #expect(breaker.state == .closed)
    }

    @Test mutating func aTrialThatSaysNothingMakesRoomForTheNext() {
        fail(at: 1, 2, 3)
        #expect(breaker.ask(now: 5 * Self.second) == .go)
        breaker.gaveUp(in: breaker.round)
        #expect(breaker.ask(now: 5 * Self.second) == .go)
    }

    @Test mutating func callsFromBeforeSayNothing() {
        let before = breaker.round
        fail(at: 1, 2, 3)
        breaker.succeeded(in: before)
        #expect(breaker.state == .open)
    }

    @Test mutating func anOrderHoldsUntilTheNext() {
        breaker.take(.open)
        #expect(breaker.ask(now: 0) == .wait(1_000))
        #expect(breaker.effective == .open)
        breaker.take(.closed)
        fail(at: 1, 2, 3, 4)
        #expect(breaker.ask(now: 5 * Self.second) == .go)
        breaker.take(.auto)
        #expect(breaker.effective == .closed)
    }
}
