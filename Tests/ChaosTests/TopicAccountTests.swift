import FreshetCore
import Testing

@testable import Chaos

@Suite struct TopicAccountTests {
    private let source = Partition(topic: "t", number: 0)
    private let retry = Partition(topic: "t.g.retry", number: 0)

    /// Three records in the source: one applied, one dead-lettered, one deferred and then applied.
    private func account(_ change: (inout OutcomeCounts, inout OutcomeCounts) -> Void = { _, _ in }) -> TopicAccount {
        var (first, second) = (OutcomeCounts(), OutcomeCounts())
        (first.applied, first.deadLettered, first.deferred) = (1, 1, 1)
        second.applied = 2
        change(&first, &second)
        let history = History(system: 1, timeline: 1)
        func checkpoint(_ counts: OutcomeCounts) -> Checkpoint {
            Checkpoint(offset: 3, timestamp: 0, hash: 0, history: history, counts: counts)
        }
        var account = TopicAccount(
            sources: [source], checkpoints: [source: checkpoint(first), retry: checkpoint(second)])
        for offset in 0..<3 { account.add(record(source, Int64(offset)), isLetter: false) }
        // Both were written twice, around a crash.
        for _ in 0..<2 {
            account.add(record(retry, 0, of: "2"), isLetter: false)
            account.add(record(Partition(topic: "t.dlq", number: 0), 0, of: "1"), isLetter: true)
        }
        return account
    }

    private func record(_ partition: Partition, _ offset: Int64, of origin: String? = nil) -> RecordCopy {
        let headers = origin.map { origin in
            [("topic", "t"), ("partition", "0"), ("offset", origin)].map {
                RecordHeader(name: "freshet-origin-\($0.0)", value: Array($0.1.utf8))
            }
        }
        return RecordCopy(
            partition: partition, offset: offset, timestamp: 0, key: nil, value: nil, headers: headers ?? [])
    }

    @Test func lettersCountByTheirOrigin() {
        #expect(account().problems == [])
        #expect(account().letters == 2 && account().deadByOrigin == 1)
        #expect(account().consumed == 3 && account().retried == 2 && account().deferredByOrigin == 1)
    }

    @Test func aRecordThatNobodyCountedIsFound() {
        #expect(account { first, _ in first.applied = 0 }.problems == ["t[0] holds 3 records, and 2 were counted"])
        #expect(account { _, second in second.applied = 3 }.problems.count == 1)
    }

    @Test func aLetterTooManyOrTooFewIsFound() {
        #expect(account { first, _ in (first.applied, first.deadLettered) = (2, 0) }.problems.count == 1)
        #expect(account { first, _ in (first.applied, first.deadLettered) = (0, 2) }.problems.count == 1)
        #expect(account { first, _ in (first.applied, first.deferred) = (0, 2) }.problems.count == 1)
    }
}
