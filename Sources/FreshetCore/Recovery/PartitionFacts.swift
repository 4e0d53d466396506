/// What is known of a partition when it is assigned, or when its effects were found lost.
package struct PartitionFacts: Hashable, Sendable {
    /// The group's committed offset.
    package var committed: Int64?
    package var low: Int64
    package var high: Int64
    /// nil: the control record has none (or there is no control record).
    package var checkpoint: Checkpoint?
    /// The record before the checkpoint is another one than was applied: the topic was deleted and created again.
    package var isOtherTopic: Bool
    /// PostgreSQL's history as it answers now, and the control record's (nil: no record).
    package var history: History
    package var recordedHistory: History?

    package init(
        committed: Int64?, low: Int64, high: Int64, checkpoint: Checkpoint?, isOtherTopic: Bool, history: History,
        recordedHistory: History?
    ) {
        self.committed = committed
        self.low = low
        self.high = high
        self.checkpoint = checkpoint
        self.isOtherTopic = isOtherTopic
        self.history = history
        self.recordedHistory = recordedHistory
    }

    /// Offsets from where it goes on to the end.
    package var backlog: Int64 { max(0, high - max(resume, low)) }

    /// Everything below it has been applied, as far as anybody knows.
    package var applied: Int64 { checkpoint?.offset ?? committed ?? low }

    /// Where the partition goes on if nothing is wrong: the smaller of checkpoint and committed offset.
    package var resume: Int64 {
        switch (checkpoint?.offset, committed) {
        case (let checkpoint?, let committed?): min(checkpoint, committed)
        case (let checkpoint?, nil): checkpoint
        case (nil, let committed?): committed
        case (nil, nil): low
        }
    }
}
