import FreshetCore
import Testing

struct RecoveryDecisionTests {
    @Test func anOrderGoesWhereItSays() {
        let back = RecoveryDecision.ordered(10, RecoverySample.facts)
        #expect(back.start == .offset(10))
        #expect(!back.invalidates)
        #expect(back.skipped(RecoverySample.facts, start: 10) == 0)
        let ahead = RecoveryDecision.ordered(70, RecoverySample.facts)
        #expect(ahead.start == .offset(70))
        #expect(ahead.invalidates)
        #expect(ahead.skipped(RecoverySample.facts, start: 70) == 20)
        #expect(ahead.found == .moved)
        #expect(ahead.isOrdered)
        // Applied and not committed yet.
        let facts = RecoverySample.facts { $0.committed = 30 }
        #expect(!RecoveryDecision.ordered(50, facts).invalidates)
        #expect(RecoveryDecision.ordered(60, facts).skipped(facts, start: 60) == 10)
        // The topic has only these.
        #expect(RecoveryDecision.ordered(500, RecoverySample.facts).start == .offset(100))
        #expect(RecoveryDecision.ordered(10, RecoverySample.facts { $0.low = 20 }).start == .offset(20))
    }

    @Test func anOrderHealsNothing() {
        let lost = RecoveryDecision.ordered(10, RecoverySample.facts { $0.checkpoint = nil })
        #expect(lost.found == .cacheLost)
        #expect(lost.invalidates)
        let newer = RecoveryDecision.ordered(10, RecoverySample.facts { $0.history = RecoverySample.newer })
        #expect(newer.found == .history)
        #expect(newer.invalidates)
    }

    @Test func notesReadAsTheyAreWritten() {
        let order = MoveOrder(offset: 7, id: "x-1")
        #expect(MoveOrder(order.text) == order)
        #expect(MoveOrder("-1 x") == nil)
        #expect(MoveOrder("7") == nil)
        let note = DecisionNote(
            time: 5, found: .cacheLost, strategy: .rebuild, start: 9, skipped: 3, skippedInAll: 8, isOrdered: true)
        #expect(DecisionNote(note.text) == note)
        #expect(DecisionNote("5 lost rebuild 9 3 8 found") == nil)
    }

    private func decide(
        _ facts: PartitionFacts, _ strategies: [RecoveryClass: RecoveryStrategy] = [:], lagBound: Int64? = nil
    ) -> RecoveryDecision {
        RecoveryDecision.decide(facts, lagBound: lagBound, strategies: strategies, timestamp: 1_234)
    }

    @Test(arguments: RecoveryClass.allCases)
    func everyClassHasADefaultAmongItsStrategies(_ found: RecoveryClass) {
        #expect(!found.strategies.isEmpty)
        #expect(Set(found.strategies).count == found.strategies.count)
    }

    @Test func defaultsAreTheDesigns() {
        #expect(
            RecoveryClass.allCases.map { $0.strategies[0] }
                == [.earliest, .rebuild, .rebuild, .rebuild, .rebuild, .checkpoint, .follow, .continue, .continue])
    }

    @Test func nothingIsWrong() {
        let decision = decide(RecoverySample.facts { $0.checkpoint = RecoverySample.checkpoint(60) })
        #expect(decision.found == .none && decision.start == .offset(50) && !decision.invalidates)
    }

    @Test func aFreshStartReadsAllThatIsThere() {
        let fresh = RecoverySample.facts {
            $0.committed = nil
            $0.checkpoint = nil
        }
        #expect(decide(fresh).start == .offset(0))
        #expect(!decide(fresh).invalidates)
        // Records before the first one are gone: what they changed must go.
        let late = RecoverySample.facts {
            $0.committed = nil
            $0.checkpoint = nil
            $0.low = 7
        }
        #expect(decide(late).start == .offset(7) && decide(late).invalidates)
    }

    @Test(arguments: [RecoveryStrategy.rebuild, .latest])
    func whatSkipsInvalidates(_ strategy: RecoveryStrategy) {
        let decision = decide(
            RecoverySample.facts {
                $0.committed = nil
                $0.checkpoint = nil
            }, [.missing: strategy])
        #expect(decision.start == .notedEnd && decision.invalidates)
    }

    @Test(arguments: [(RecoveryClass.missing, RecoveryStrategy.timestamp), (.history, .rewind)])
    func byTime(_ found: RecoveryClass, _ strategy: RecoveryStrategy) {
        let facts = RecoverySample.facts {
            if found == .missing {
                $0.committed = nil
                $0.checkpoint = nil
            } else {
                $0.history = RecoverySample.newer
            }
        }
        let decision = decide(facts, [found: strategy])
        #expect(decision.found == found && decision.start == .timestamp(1_234) && decision.invalidates)
    }

    @Test func aShorterTopicFromItsBeginningInvalidatesEvenAtZero() {
        let decision = decide(RecoverySample.facts { $0.committed = 101 }, [.truncated: .earliest])
        #expect(decision.start == .offset(0) && decision.invalidates)
    }

    @Test func aCacheThatIsBehindGoesBack() {
        let behind = RecoverySample.facts { $0.checkpoint = RecoverySample.checkpoint(30) }
        #expect(decide(behind).start == .offset(30) && !decide(behind).invalidates)
        #expect(decide(behind, [.cacheBehind: .rebuild]).start == .notedEnd)
    }

    @Test func whatIsAppliedIsNotSkipped() {
        let moved = RecoverySample.facts { $0.committed = 10 }
        #expect(decide(moved, [.moved: .checkpoint]).skipped(moved, start: 50) == 0)
        let behind = RecoverySample.facts {
            $0.committed = 40
            $0.checkpoint = RecoverySample.checkpoint(50, committed: 40)
        }
        #expect(decide(behind, [.behind: .rebuild], lagBound: 5).skipped(behind, start: 100) == 50)
    }

    @Test func someoneElsesOffsetIsFollowed() {
        let moved = RecoverySample.facts { $0.committed = 20 }
        #expect(decide(moved).start == .offset(20) && !decide(moved).invalidates)
        #expect(decide(moved, [.moved: .checkpoint]).start == .offset(50))
    }

    @Test func aLagIsWorkedOffUnlessAskedOtherwise() {
        #expect(decide(RecoverySample.facts, lagBound: 1).start == .offset(50))
        #expect(decide(RecoverySample.facts, [.behind: .rebuild], lagBound: 1).start == .notedEnd)
    }

    @Test func haltStops() {
        let lost = RecoverySample.facts { $0.checkpoint = nil }
        #expect(decide(lost, [.cacheLost: .halt]).start == .halt)
    }
}
