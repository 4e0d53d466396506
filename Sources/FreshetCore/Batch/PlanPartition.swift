/// The part of a batch that came from one partition: a range of offsets without gaps in our own counting.
package struct PlanPartition: Hashable, Sendable {
    package var partition: Partition
    package var assignment: RecordBatch.Assignment
    /// Where the batch before it ended.
    package var from: Int64
    /// The offset after its last record.
    package var to: Int64
    package var timestamp: Int64 = -1
    package var hash: UInt64 = 0
    /// Records below it were counted before (they are applied again after a rewind).
    package var countedFrom: Int64

    package init(partition: Partition, assignment: RecordBatch.Assignment, from: Int64, countedFrom: Int64) {
        self.partition = partition
        self.assignment = assignment
        self.from = from
        self.to = from
        self.countedFrom = max(countedFrom, from)
    }
}
