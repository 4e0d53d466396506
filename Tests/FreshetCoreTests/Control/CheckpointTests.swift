import FreshetCore
import Testing

struct CheckpointTests {
    private static let record = RecordCopy(
        partition: Partition(topic: "t", number: 0), offset: 49, timestamp: 1_700, key: [1], value: [2, 3], headers: [])

    private static func checkpoint(
        _ offset: Int64 = 50, timestamp: Int64 = 1_700, hash: UInt64 = RecordHash.of(record)
    ) -> Checkpoint {
        Checkpoint(
            offset: offset, timestamp: timestamp, hash: hash, history: History(system: 7, timeline: 2),
            counts: OutcomeCounts())
    }

    @Test func itCanBeCheckedWhereTheRecordBeforeItMayBeThere() {
        #expect(Self.checkpoint(50).canBeChecked(low: 49, high: 50))
        #expect(!Self.checkpoint(50).canBeChecked(low: 50, high: 90), "the record before it was deleted")
        #expect(!Self.checkpoint(50).canBeChecked(low: 0, high: 49), "the topic is shorter")
        #expect(!Self.checkpoint(50, hash: 0).canBeChecked(low: 0, high: 90), "nothing is known of the record")
    }

    @Test func itRecognisesItsRecordOnly() {
        #expect(Self.checkpoint().recognises(Self.record))
        #expect(!Self.checkpoint(timestamp: 1_701).recognises(Self.record))
        var other = Self.record
        other.value = [2, 4]
        #expect(!Self.checkpoint().recognises(other))
    }
}
