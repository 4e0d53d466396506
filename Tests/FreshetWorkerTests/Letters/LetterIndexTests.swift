import FreshetCore
import FreshetWorker
import Testing

/// One entry per origin, and what holds about it.
@Suite struct LetterIndexTests {
    private let group = "g"

    private func origin(_ offset: Int64) -> LetterOrigin {
        LetterOrigin(Partition(topic: "t", number: 0), offset: offset)
    }

    private func sight(
        _ offset: Int64, reason: String = "invalid-id", replays: Int = 0, failed: Int64?, at place: (Int32, Int64),
        kinds: [String] = []
    ) -> LetterSight {
        var head = LetterHead(origin: origin(offset), reason: reason, message: "")
        head.replays = replays
        head.lastFailure = failed
        let record = RecordCopy(
            partition: Partition(topic: "t.dlq", number: place.0), offset: place.1, timestamp: -1, key: nil, value: nil,
            headers: head.headers(over: []))
        return LetterSight(record) { _ in LetterSubject(reading: .changes, kinds: kinds, entities: []) }
    }

    private func index(_ sights: LetterSight...) -> LetterIndex {
        var index = LetterIndex()
        for sight in sights { add(sight, to: &index) }
        return index
    }

    /// Outside of the macro, which can't hold what changes a value.
    private func add(
        _ sight: LetterSight, matches: Bool = true, to index: inout LetterIndex, isTaken: Bool = true
    ) {
        let taken = index.add(sight, matches: matches)
        #expect(taken == isTaken)
    }

    private func decide(_ state: LetterState, _ index: inout LetterIndex, at: Int64 = 0, partition: Int32 = 0) throws {
        let entry = try #require(index.entry(of: origin(7)))
        let taken = index.add(index.decision(state, entry, group: group, at: at, by: "ada"), partition: partition)
        #expect(taken)
    }

    private func state(_ index: LetterIndex) throws -> LetterState {
        index.state(try #require(index.entry(of: origin(7))))
    }

    @Test func aLetterThatWasWrittenTwiceIsOneEntryWithTheNewestInIt() throws {
        let index = index(
            sight(7, reason: "new", failed: 20, at: (1, 0)), sight(7, reason: "old", failed: 10, at: (0, 5)))
        let all = index.select([.open])
        #expect(all.count == 1)
        #expect(all[0].copies == 2)
        #expect(index.reason(all[0]) == "new")
        #expect(all[0].place == LetterPlace(partition: 1, offset: 0))
    }

    @Test func theyComeInTheOrderInWhichTheyFailed() {
        let index = index(
            sight(1, failed: 30, at: (0, 0)), sight(3, failed: 10, at: (0, 1)), sight(2, failed: 10, at: (0, 2)))
        #expect(index.select([.open]).map { index.origin($0).offset } == [2, 3, 1])
    }

    @Test func whatWasRetriedIsOpenAgainWhenItFailsLater() throws {
        var index = index(sight(7, failed: 10, at: (0, 0)))
        try decide(.retried, &index)
        #expect(try state(index) == .retried)
        #expect(index.select([.open]).isEmpty)
        // The same failure, written again.
        add(sight(7, failed: 10, at: (0, 1)), to: &index)
        #expect(try state(index) == .retried)
        // Sent again, and failed on a machine whose clock is behind.
        add(sight(7, replays: 1, failed: 9, at: (0, 2)), to: &index)
        #expect(try state(index) == .open)
        try decide(.retried, &index)
        #expect(try state(index) == .retried)
        // Read from its own topic once more, after a recovery.
        add(sight(7, failed: 50, at: (0, 3)), to: &index)
        #expect(try state(index) == .open)
        #expect(try #require(index.entry(of: origin(7))).replays == 1)
    }

    @Test(arguments: [LetterState.discarded, .parked])
    func whatIsAboutTheRecordHoldsWhateverHappens(decided: LetterState) throws {
        var index = index(sight(7, failed: 10, at: (0, 0)))
        try decide(decided, &index)
        add(sight(7, replays: 3, failed: 90, at: (0, 9)), to: &index)
        #expect(try state(index) == decided)
        try decide(.open, &index)
        #expect(try state(index) == .open)
    }

    @Test func withoutATimeThePlaceTells() throws {
        var index = index(sight(7, failed: nil, at: (0, 3)))
        try decide(.retried, &index)
        #expect(try state(index) == .retried)
        add(sight(7, failed: nil, at: (0, 4)), to: &index)
        #expect(try state(index) == .open)
    }

    /// Clocks of two people differ; the order of the partition does not.
    @Test func theLastDecisionOfThePartitionHolds() throws {
        var index = index(sight(7, failed: 10, at: (0, 0)))
        try decide(.parked, &index, at: 100)
        try decide(.open, &index, at: 50)
        #expect(try state(index) == .open)
        try decide(.discarded, &index, at: 40, partition: 1)
        #expect(try state(index) == .open)
    }

    @Test func aDecisionMayBeReadBeforeItsLetter() throws {
        let letter = sight(7, failed: 10, at: (1, 0))
        var index = LetterIndex()
        let decision = LetterDecision(
            .discarded, origin: origin(7), group: group, replays: 0, lastFailure: 10, place: letter.place, at: 1,
            by: "ada")
        let taken = index.add(decision, partition: 0)
        #expect(taken)
        #expect(index.entry(of: origin(7)) == nil)
        #expect(index.select(Set(LetterState.allCases)).isEmpty)
        add(letter, to: &index)
        #expect(try state(index) == .discarded)
    }

    @Test func onlyTheNewestLetterIsFiltered() {
        var index = LetterIndex()
        add(sight(7, failed: 10, at: (0, 0)), to: &index)
        add(sight(7, failed: 20, at: (0, 1)), matches: false, to: &index)
        #expect(index.select([.open]).isEmpty)
    }

    @Test func theBoundIsMet() {
        var index = LetterIndex(limit: 1)
        add(sight(1, failed: 1, at: (0, 0)), to: &index)
        add(sight(1, failed: 2, at: (0, 1)), to: &index)
        add(sight(2, failed: 3, at: (0, 2)), to: &index, isTaken: false)
        #expect(index.select([.open]).count == 1)
    }

    @Test func statsCountOpenLetters() throws {
        let hour: Int64 = 3_600_000
        let now = 1_000 * hour + 5
        var index = index(
            sight(1, reason: "a", failed: now - 1, at: (0, 0), kinds: ["team"]),
            sight(2, reason: "a", replays: 1, failed: now - 2 * hour, at: (0, 1)),
            sight(3, reason: "b", failed: now - 200 * hour, at: (0, 2), kinds: ["team"]),
            sight(7, failed: now, at: (0, 3)))
        try decide(.discarded, &index)
        var stats = LetterStats(now: now)
        stats.add(index)
        #expect(stats.open == 3)
        #expect(stats.states == [.open: 3, .discarded: 1])
        #expect(stats.reasons == ["a": 2, "b": 1])
        #expect(stats.kinds == ["team": 2, "": 1])
        #expect(stats.replayed == 1)
        #expect(stats.ages.map(\.count) == [1, 1, 0, 0, 1])
        #expect(stats.perHour.count == 24)
        #expect(stats.perHour.filter { $0.count > 0 }.map(\.start) == [998 * hour, 1_000 * hour])
        #expect(stats.oldest == now - 200 * hour)
    }

    @Test func aRetryParksWhatCameBackTooOftenAndLeavesStrangers() throws {
        let index = index(
            sight(1, replays: 2, failed: 1, at: (0, 0)), sight(2, replays: 3, failed: 2, at: (0, 1)))
        let rule = LetterRetry(maxReplays: 3, topics: ["t"])
        #expect(index.select([.open]).map { rule.choose($0, index) } == [.retry, .park])
        let other = LetterRetry(maxReplays: 3, topics: ["u"])
        #expect(index.select([.open]).map { other.choose($0, index) } == [.strangeTopic, .strangeTopic])
        #expect(LetterRetry.batch(perSecond: 1) == 1)
        #expect(LetterRetry.batch(perSecond: 100) == 50)
        #expect(LetterRetry.batch(perSecond: 1_000_000) == 500)
    }
}
