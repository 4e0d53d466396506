import FreshetCore
import Testing

@testable import Chaos

@Suite struct RecordAccountTests {
    private let partition = Partition(topic: "changes", number: 0)

    private func view(_ offset: Int64, counted: Int64, process: String = "p") -> ControlView {
        var counts = OutcomeCounts()
        counts.applied = counted
        let history = History(system: 1, timeline: 1)
        let checkpoint = Checkpoint(offset: offset, timestamp: 0, hash: 0, history: history, counts: counts)
        return ControlView(
            process: process,
            record: .init(
                incarnation: "i", owner: "chaos", floor: 0, ticket: 1, history: history, rebuilding: nil,
                fingerprints: [:], checkpoints: [partition: checkpoint], pendingCount: 0))
    }

    @Test func recordsThatAreCountedAreAccountedFor() {
        var account = RecordAccount()
        account.look(view(0, counted: 0), 1_000) { [] }
        account.look(view(7, counted: 7), 1_100) { [] }
        account.look(view(9, counted: 9), 1_200) { [] }
        #expect(account.unaccounted == 0)
        #expect(account.skipped == 0)
    }

    @Test func aCheckpointThatMovesWithoutCountsIsALoss() {
        var account = RecordAccount()
        account.look(view(7, counted: 7), 1_000) { [] }
        account.look(view(10, counted: 8), 1_100) { [] }
        #expect(account.unaccounted == 2)
        #expect(account.findings.map(\.partition) == [partition])
    }

    @Test func whatARebuildSkipsHasADecision() {
        var account = RecordAccount()
        account.look(view(7, counted: 7), 1_000) { [] }
        // From the noted end, 20; one more record has been counted since.
        account.look(view(21, counted: 8), 1_100) { [.init(partition: partition, start: 20, time: 1_050)] }
        #expect(account.unaccounted == 0)
        #expect(account.skipped == 13)
    }

    @Test func aDecisionOfAnotherPartitionExplainsNothing() {
        var account = RecordAccount()
        account.look(view(7, counted: 7), 1_000) { [] }
        let other = Partition(topic: "changes", number: 1)
        account.look(view(21, counted: 8), 1_100) { [.init(partition: other, start: 20, time: 1_050)] }
        #expect(account.unaccounted == 13)
    }

    @Test func anEarlierStateOfRedisIsNoLoss() {
        var account = RecordAccount()
        account.look(view(7, counted: 7), 1_000) { [] }
        account.look(view(20, counted: 8), 1_100) { [.init(partition: partition, start: 19, time: 1_050)] }
        // A snapshot from before the rebuild, in another process.
        account.look(view(7, counted: 7, process: "q"), 1_200) { [] }
        #expect(account.unaccounted == 0)
    }
}
