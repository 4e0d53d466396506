import FreshetCore
import Testing

/// Where nothing is wrong: committed and checkpoint at 50 of 0…100, one history.
enum RecoverySample {
    static let history = History(system: 7, timeline: 2)
    static let newer = History(system: 7, timeline: 3)

    static func checkpoint(_ offset: Int64 = 50, history: History = history, committed: Int64 = 50) -> Checkpoint {
        Checkpoint(
            offset: offset, timestamp: 1, hash: 2, history: history, counts: OutcomeCounts(), committed: committed)
    }

    static let facts = PartitionFacts(
        committed: 50, low: 0, high: 100, checkpoint: checkpoint(), isOtherTopic: false, history: history,
        recordedHistory: history)

    static func facts(_ change: (inout PartitionFacts) -> Void) -> PartitionFacts {
        var changed = facts
        change(&changed)
        return changed
    }
}

struct RecoveryClassTests {
    private func found(lagBound: Int64? = nil, _ change: (inout PartitionFacts) -> Void) -> RecoveryClass {
        RecoveryClass.of(RecoverySample.facts(change), lagBound: lagBound)
    }

    @Test func nothingIsWrong() {
        #expect(found { _ in } == .none)
        #expect(found { $0.checkpoint = RecoverySample.checkpoint(60) } == .none)
        #expect(found { $0.committed = nil } == .none)
        #expect(
            found {
                $0.committed = 100
                $0.checkpoint = RecoverySample.checkpoint(100)
            } == .none)
    }

    @Test func neitherOffsetNorCheckpoint() {
        #expect(
            found {
                $0.committed = nil
                $0.checkpoint = nil
            } == .missing)
    }

    @Test func theTopicIsShorterOrAnotherOne() {
        #expect(found { $0.committed = 101 } == .truncated)
        #expect(found { $0.checkpoint = RecoverySample.checkpoint(101) } == .truncated)
        #expect(found { $0.isOtherTopic = true } == .truncated)
        #expect(
            found {
                $0.committed = 101
                $0.checkpoint = nil
            } == .truncated)
    }

    @Test func whereToStartIsGone() {
        #expect(found { $0.low = 51 } == .expired)
        #expect(found { $0.low = 50 } == .none)
        #expect(
            found {
                $0.low = 45
                $0.checkpoint = RecoverySample.checkpoint(40)
            } == .expired)
        #expect(
            found {
                $0.low = 51
                $0.checkpoint = nil
            } == .expired)
    }

    @Test func postgresChanged() {
        #expect(
            found {
                $0.history = RecoverySample.newer
                $0.recordedHistory = RecoverySample.newer
            } == .history)
        #expect(found { $0.history = RecoverySample.newer } == .history)
        #expect(
            found {
                $0.history = History(system: 8, timeline: 2)
                $0.recordedHistory = $0.history
            } == .history)
    }

    @Test func redisLostItsMemory() {
        #expect(found { $0.checkpoint = nil } == .cacheLost)
        #expect(found { $0.checkpoint = RecoverySample.checkpoint(49) } == .cacheBehind)
    }

    @Test func someoneMovedTheOffsets() {
        #expect(found { $0.committed = 20 } == .moved)
        // What we committed is noted after the commit, so it may lag.
        #expect(found { $0.checkpoint = RecoverySample.checkpoint(60, committed: 40) } == .none)
    }

    @Test func theLagIsOverItsBound() {
        #expect(found(lagBound: 49) { _ in } == .behind)
        #expect(found(lagBound: 50) { _ in } == .none)
    }

    /// Each class wins over all that come after it in the table.
    @Test func theFirstThatMatchesCounts() {
        let worst = RecoverySample.facts {
            $0.committed = 101
            $0.low = 70
            $0.checkpoint = RecoverySample.checkpoint(60, history: RecoverySample.history, committed: 110)
            $0.history = RecoverySample.newer
        }
        var facts = worst
        #expect(RecoveryClass.of(facts, lagBound: 1) == .truncated)
        facts.committed = 90
        #expect(RecoveryClass.of(facts, lagBound: 1) == .expired)
        facts.low = 0
        #expect(RecoveryClass.of(facts, lagBound: 1) == .history)
        facts.history = RecoverySample.history
        #expect(RecoveryClass.of(facts, lagBound: 1) == .cacheBehind)
        facts.committed = 55
        #expect(RecoveryClass.of(facts, lagBound: 1) == .moved)
        facts.checkpoint?.committed = 55
        #expect(RecoveryClass.of(facts, lagBound: 1) == .behind)
        facts.committed = nil
        facts.checkpoint = nil
        #expect(RecoveryClass.of(facts, lagBound: 1) == .missing)
    }
}
