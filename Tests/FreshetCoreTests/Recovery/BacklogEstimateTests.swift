import FreshetCore
import Testing

struct BacklogEstimateTests {
    private static func estimate(
        _ records: Int64, rows: Int64, measured: Int64 = 0, recordRate: Int64 = 1_000, rowRate: Int64 = 500
    ) -> BacklogEstimate {
        BacklogEstimate(
            records: records, rows: rows, settings: RecoverySettings(recordRate: recordRate, rowRate: rowRate),
            measured: measured)
    }

    @Test func secondsAreCountsByRates() {
        let estimate = Self.estimate(30_000, rows: 1_000)
        #expect(estimate.backlogSeconds == 30)
        #expect(estimate.rebuildSeconds == 2)
        #expect(estimate.favoursRebuild)
        #expect(!estimate.isMeasured)
    }

    @Test func whatCostsTheSameIsNoReason() {
        #expect(!Self.estimate(2_000, rows: 1_000).favoursRebuild)
        #expect(Self.estimate(2_001, rows: 1_000).favoursRebuild)
        #expect(!Self.estimate(0, rows: 0).favoursRebuild)
    }

    @Test func aWorkerThatHasShownMoreIsBelieved() {
        let fast = Self.estimate(30_000, rows: 10_000, measured: 2_000)
        #expect(fast.backlogSeconds == 15)
        #expect(fast.isMeasured)
        #expect(!fast.favoursRebuild)
        // It had little to do.
        #expect(Self.estimate(30_000, rows: 10_000, measured: 10).backlogSeconds == 30)
    }

    private static let behind = RecoverySample.facts { $0.high = 10_000 }

    private static func decide(_ strategies: [RecoveryClass: RecoveryStrategy]) -> RecoveryDecision {
        RecoveryDecision.decide(behind, lagBound: 100, strategies: strategies, timestamp: 0)
    }

    @Test func theCheaperOneIsDone() {
        let decision = Self.decide([.behind: .rebuild])
        #expect(decision.found == .behind)
        #expect(decision.wantsEstimate)
        let rebuild = decision.weighed(Self.estimate(10_000, rows: 10), Self.behind)
        #expect(rebuild.strategy == .rebuild)
        #expect(rebuild.start == .notedEnd)
        #expect(rebuild.invalidates)
        #expect(!rebuild.wantsEstimate)
        let on = decision.weighed(Self.estimate(10_000, rows: 1_000_000), Self.behind)
        #expect(on.strategy == .continue)
        #expect(on.start == .offset(50))
        #expect(!on.invalidates)
        #expect(on.found == .behind)
        #expect(on.estimate?.rows == 1_000_000)
    }

    @Test func nothingElseIsWeighed() {
        #expect(!Self.decide([:]).wantsEstimate)
        let lost = RecoveryDecision.decide(
            RecoverySample.facts { $0.checkpoint = nil }, lagBound: nil, strategies: [:], timestamp: 0)
        #expect(lost.strategy == .rebuild)
        #expect(lost.weighed(Self.estimate(0, rows: 1), RecoverySample.facts) == lost)
    }

    @Test func theBacklogIsWhatTheTopicStillHas() {
        #expect(Self.behind.backlog == 9_950)
        #expect(RecoverySample.facts { $0.low = 80 }.backlog == 20)
        #expect(RecoverySample.facts { $0.high = 20 }.backlog == 0)
    }
}
