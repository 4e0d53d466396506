/// Per group, topic and partition the next offset to apply, stored in the control record in the same atomic step as
/// the effects.
package struct Checkpoint: Hashable, Sendable {
    /// The next offset to apply.
    package var offset: Int64
    /// Timestamp and hash of the last record before `offset`: a topic that was deleted and created again is noticed
    /// even after it has grown past the checkpoint. -1 and 0 where there was none.
    package var timestamp: Int64
    package var hash: UInt64
    /// The history in which the effects were read.
    package var history: History
    package var counts: OutcomeCounts
    /// What this deployment committed last, as far as it wrote it down; another committed offset was moved by someone
    /// else.
    package var committed: Int64

    package init(
        offset: Int64, timestamp: Int64, hash: UInt64, history: History, counts: OutcomeCounts, committed: Int64 = -1
    ) {
        self.offset = offset
        self.timestamp = timestamp
        self.hash = hash
        self.history = history
        self.counts = counts
        self.committed = committed
    }
}

extension Checkpoint {
    /// Whether the record before it is within a topic that holds `low` to `high`, so that it can tell the topic from
    /// another one of the same name.
    package func canBeChecked(low: Int64, high: Int64) -> Bool { hash != 0 && offset > low && offset <= high }

    /// Whether the record before it is the one that was applied. Otherwise the topic was deleted and created again.
    package func recognises(_ record: RecordCopy) -> Bool {
        record.timestamp == timestamp && RecordHash.of(record) == hash
    }
}
