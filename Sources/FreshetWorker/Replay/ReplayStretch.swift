import FreshetCore

/// What is replayed of one partition: from an offset to the end as it was noted at the start.
package struct ReplayStretch: Hashable, Sendable {
    package var partition: Partition
    /// Index into `Graph.topics`.
    package var topic: Int
    package var from: Int64
    package var to: Int64
    /// Everything before it has been applied.
    package var next: Int64

    package init(partition: Partition, topic: Int, from: Int64, to: Int64) {
        self.partition = partition
        self.topic = topic
        self.from = from
        self.to = max(from, to)
        next = from
    }

    package var isDone: Bool { next >= to }
}
