/// What one batch does to one partition's checkpoint.
///
/// `from` is where the batch before it ended. The script refuses the whole call where the stored checkpoint is missing
/// or below `from` (effects before it were lost), and where the stored history is another one.
/// `counts` are those of the records at `countedFrom` and later. Where the stored offset is not `countedFrom` but
/// still below `to`, another worker has counted some of them: the script moves nothing and answers `overlap` with the
/// stored offset, and the lane counts again from there. Where the stored offset is `to` or higher, nothing is moved or
/// counted.
package struct CheckpointMove: Hashable, Sendable {
    package var partition: Partition
    package var from: Int64
    package var countedFrom: Int64
    package var to: Int64
    package var timestamp: Int64
    package var hash: UInt64
    package var counts: OutcomeCounts

    package init(
        partition: Partition, from: Int64, countedFrom: Int64, to: Int64, timestamp: Int64, hash: UInt64,
        counts: OutcomeCounts
    ) {
        self.partition = partition
        self.from = from
        self.countedFrom = countedFrom
        self.to = to
        self.timestamp = timestamp
        self.hash = hash
        self.counts = counts
    }
}
