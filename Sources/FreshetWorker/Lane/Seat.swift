import FreshetCore

/// A partition's place in a lane.
package struct Seat: Hashable, Sendable {
    package var partition: Partition
    /// Index into `Graph.topics`.
    package var topic: Int
    package var assignment: RecordBatch.Assignment
    /// The next offset to take.
    package var position: Int64
    /// Records below it were counted before.
    package var countedFrom: Int64

    package init(
        partition: Partition, topic: Int, assignment: RecordBatch.Assignment, position: Int64, countedFrom: Int64
    ) {
        self.partition = partition
        self.topic = topic
        self.assignment = assignment
        self.position = position
        self.countedFrom = countedFrom
    }
}
