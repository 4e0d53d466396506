import FreshetCore
import Testing

struct LedgerTests {
    private static let partition = Partition(topic: "t", number: 0)

    @Test func islandsWaitForTheGapBeforeThem() {
        var ledger = Ledger()
        ledger.start(Self.partition, epoch: 1, at: 10, committed: nil)
        ledger.finish(Self.partition, epoch: 1, from: 20, to: 30)
        #expect(ledger.end(Self.partition) == 10)
        ledger.finish(Self.partition, epoch: 1, from: 40, to: 50)
        ledger.finish(Self.partition, epoch: 1, from: 10, to: 20)
        #expect(ledger.committable == [Self.partition: 30])
        ledger.finish(Self.partition, epoch: 1, from: 30, to: 40)
        #expect(ledger.committable == [Self.partition: 50])
    }

    @Test func whatIsCommittedIsNotCommittedAgain() {
        var ledger = Ledger()
        ledger.start(Self.partition, epoch: 1, at: 10, committed: 10)
        #expect(ledger.committable.isEmpty)
        ledger.finish(Self.partition, epoch: 1, from: 10, to: 12)
        ledger.committed(ledger.committable)
        #expect(ledger.committable.isEmpty)
    }

    /// After a rewind nothing below the committed offset is committed: that would look as if someone had moved it.
    @Test func aRewindDoesNotCommitBackwards() {
        var ledger = Ledger()
        ledger.start(Self.partition, epoch: 1, at: 10, committed: 20)
        ledger.finish(Self.partition, epoch: 1, from: 10, to: 20)
        #expect(ledger.committable.isEmpty)
        ledger.finish(Self.partition, epoch: 1, from: 20, to: 21)
        #expect(ledger.committable == [Self.partition: 21])
    }

    @Test func whatAFormerAssignmentFinishesCountsForNothing() {
        var ledger = Ledger()
        ledger.start(Self.partition, epoch: 1, at: 0, committed: nil)
        ledger.start(Self.partition, epoch: 2, at: 5, committed: nil)
        let former = ledger.finish(Self.partition, epoch: 1, from: 5, to: 9)
        #expect(!former)
        #expect(ledger.end(Self.partition) == 5)
        ledger.stop(Self.partition)
        let stopped = ledger.finish(Self.partition, epoch: 2, from: 5, to: 9)
        #expect(!stopped)
        #expect(ledger.committable.isEmpty && ledger.partitions.isEmpty)
    }

    @Test func findsTheEndThatASetFinds() {
        var random = SplitMix(seed: 11)
        for number in 0..<500 {
            var ledger = Ledger()
            ledger.start(Self.partition, epoch: 1, at: 0, committed: nil)
            var finished: Set<Int64> = []
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                let from = Int64.random(in: 0..<60, using: &random)
                let to = from + Int64.random(in: 1...8, using: &random)
                ledger.finish(Self.partition, epoch: 1, from: from, to: to)
                finished.formUnion(from..<to)
                var end: Int64 = 0
                while finished.contains(end) { end += 1 }
                #expect(ledger.end(Self.partition) == end, "case \(number)")
            }
        }
    }
}
