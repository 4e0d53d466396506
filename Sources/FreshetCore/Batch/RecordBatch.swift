/// Records as one receive handed them out: views into memory that the batch owns until it goes away.
///
/// A class, because its end frees what the log lent us (librdkafka's messages, or the simulator's copies).
/// Not Sendable: it lives and dies on its lane.
package final class RecordBatch {
    /// One record. The pointers are valid while the batch lives; they leave only through `withKey` and `withValue`.
    package struct Record {
        /// The assignment that the partition had when the log handed the record out.
        package var assignment: Assignment
        package var offset: Int64
        /// The record's timestamp in milliseconds since 1970, or -1 where it has none.
        package var timestamp: Int64
        /// nil is a tombstone.
        package var value: UnsafeRawBufferPointer?
        package var key: UnsafeRawBufferPointer?
        /// What the log needs to find the headers again; meaningless elsewhere.
        package var handle: UInt

        package init(
            assignment: Assignment, offset: Int64, timestamp: Int64, key: UnsafeRawBufferPointer?,
            value: UnsafeRawBufferPointer?, handle: UInt
        ) {
            self.assignment = assignment
            self.offset = offset
            self.timestamp = timestamp
            self.key = key
            self.value = value
            self.handle = handle
        }
    }

    /// A partition of an assignment as the lane numbers it: `slot` is the lane's index for the partition and `epoch`
    /// the assignment's number. A record whose epoch is over is dropped.
    package struct Assignment: Hashable, Sendable {
        package var slot: UInt32
        package var epoch: UInt32

        package init(slot: UInt32, epoch: UInt32) {
            self.slot = slot
            self.epoch = epoch
        }

        /// Asked for each record.
        @inlinable package static func == (a: Assignment, b: Assignment) -> Bool {
            a.slot == b.slot && a.epoch == b.epoch
        }
    }

    package let records: [Record]
    private let headersOf: (UInt) -> [RecordHeader]
    private let release: () -> Void

    package init(records: [Record], headers: @escaping (UInt) -> [RecordHeader], release: @escaping () -> Void) {
        self.records = records
        self.headersOf = headers
        self.release = release
    }

    deinit { release() }

    package var count: Int { records.count }

    /// Only binary-mode CloudEvents and letters need headers, so they are looked up when asked for.
    package func headers(_ index: Int) -> [RecordHeader] { headersOf(records[index].handle) }

    /// A copy that outlives the batch: for a letter, never on the hot path.
    package func copy(_ index: Int, partition: Partition) -> RecordCopy {
        let record = records[index]
        return RecordCopy(
            partition: partition, offset: record.offset, timestamp: record.timestamp,
            key: record.key.map { Array($0) }, value: record.value.map { Array($0) }, headers: headers(index))
    }
}
