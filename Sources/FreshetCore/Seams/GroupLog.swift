/// A worker's membership in its consumer group. One per process; used by the coordinator only.
package protocol GroupLog: AnyObject {
    /// The next thing that the group's protocol says, or nil when `milliseconds` pass first.
    func nextEvent(within milliseconds: Int) async throws(Fault) -> GroupEvent?

    /// Committed offsets of the group; absent where there is none.
    func committed(_ partitions: [Partition]) async throws(Fault) -> [Partition: Int64]

    /// Low and high watermarks of all of them.
    func watermarks(_ partitions: [Partition]) async throws(Fault) -> [Partition: (low: Int64, high: Int64)]

    /// The first offset whose record has this timestamp or a later one; the end where there is none.
    func offset(_ partition: Partition, at timestamp: Int64) async throws(Fault) -> Int64

    /// Of each partition the record at exactly this offset; absent where it no longer exists.
    func records(at offsets: [Partition: Int64]) async throws(Fault) -> [Partition: RecordCopy]

    /// Takes up the assigned partitions, each from its offset, forwarded to its lane's queue with its stamp.
    func start(_ starts: [PartitionStart]) async throws(Fault)

    /// Gives up partitions after a revocation. `all` says that nothing is left (eager protocol).
    func stop(_ partitions: [Partition], all: Bool) async throws(Fault)

    /// Stops and resumes fetching, for back-pressure only. Partitions that aren't assigned are passed over.
    func pause(_ partitions: [Partition]) async throws(Fault)
    func resume(_ partitions: [Partition]) async throws(Fault)

    func commit(_ offsets: [Partition: Int64]) async throws(Fault)

    /// Leaves the group and frees everything, within the bound; never hangs.
    func close(within milliseconds: Int) async
}

package enum GroupEvent: Hashable, Sendable {
    case assigned([Partition])
    /// `lost`: the group has already given them to others; nothing may be committed for them.
    case revoked([Partition], lost: Bool)
    case fault(Fault)
    /// The fetch position of a partition is out of range: recovery classifies it and starts it again.
    case outOfRange(Partition)
}

package struct PartitionStart: Hashable, Sendable {
    package var partition: Partition
    package var offset: Int64
    package var lane: Int
    package var assignment: RecordBatch.Assignment

    package init(partition: Partition, offset: Int64, lane: Int, assignment: RecordBatch.Assignment) {
        self.partition = partition
        self.offset = offset
        self.lane = lane
        self.assignment = assignment
    }
}

/// One lane's queue of records.
package protocol LaneLog: AnyObject {
    /// Blocks for the first record, at most `milliseconds`, then drains what is already there, up to `limit` records.
    /// Empty when the time passed or `wake` was called.
    func receive(limit: Int, within milliseconds: Int) async throws(Fault) -> RecordBatch

    /// Readable when records may have come; negative where nobody can tell.
    var bell: Int32 { get }

    /// What is there already, up to `limit` records. Silences the bell.
    func rung(limit: Int) async throws(Fault) -> RecordBatch

    /// The next offset after the last one handed out or skipped (compacted away, transaction markers), where the
    /// partition's end was reached: batches without any effect move the checkpoint too.
    func reachedEnds() -> [(assignment: RecordBatch.Assignment, offset: Int64)]

    /// Records of this lane's partitions that are known to wait at the brokers, beyond those handed out. A guess, from
    /// what the brokers said last, and made without asking them.
    var waiting: Int { get }

    /// Those records at exactly these offsets that still exist, in ascending order: for letters, never on the hot path.
    func records(_ partition: Partition, at offsets: [Int64]) async throws(Fault) -> [RecordCopy]

    /// The lane is about to be busy for long with what it took: memory that reading needed and that nobody uses any
    /// more may go back to the system.
    func giveBack()

    /// Makes a `receive` that is blocking return at once. May be called from any thread.
    var wake: @Sendable () -> Void { get }
}

extension LaneLog {
    package func giveBack() {}
    package var bell: Int32 { -1 }
    package func rung(limit: Int) async throws(Fault) -> RecordBatch { try await receive(limit: limit, within: 0) }
}
