import CRdkafka
import FreshetCore

/// What is fetched into which lane.
///
/// librdkafka forwards an assigned partition's queue to the group's queue unless the application forwarded it first, so
/// forwarding comes before assigning. Stopping a partition clears its forwarding later, on another thread: a barrier
/// comes between stopping and forwarding again. All lanes are held still meanwhile.
struct KafkaFetching {
    private struct Started {
        var lane: Int
        /// Keeps the partition's own queue, which is forwarded to the lane's.
        var queue: KafkaQueue
    }

    let handle: KafkaHandle
    let lanes: [KafkaLaneLog]
    let isCooperative: Bool
    /// The group waits for `stop`.
    var isRevoking = false
    private var started: [Partition: Started] = [:]
    /// Resuming a partition that isn't paused rewinds it (#4686), so we know what is.
    private var paused: Set<Partition> = []
    private var unsettled: Deadline?

    init(handle: KafkaHandle, lanes: [KafkaLaneLog], isCooperative: Bool) {
        self.handle = handle
        self.lanes = lanes
        self.isCooperative = isCooperative
    }

    func contains(_ partition: Partition) -> Bool { started[partition] != nil }

    private func holding<R>(_ body: () throws(Fault) -> R) throws(Fault) -> R {
        for lane in lanes { lane.hold() }
        defer { for lane in lanes { lane.release() } }
        return try body()
    }
}

/// Answers to the group.
extension KafkaFetching {
    /// Tells the group that the new assignment is taken, with nothing to fetch in it yet.
    mutating func acknowledge() throws(Fault) {
        let none = PartitionList([] as [Partition])
        guard isCooperative else {
            try holding { () throws(Fault) in
                for (partition, one) in started { lanes[one.lane].remove(partition) }
            }
            started.removeAll()
            paused.removeAll()
            try KafkaFault.check(rd_kafka_assign(handle.pointer, none.pointer), "assign")
            return
        }
        try holding { () throws(Fault) in
            try incremental(rd_kafka_incremental_assign, none)
            try rewind(Array(started.keys))
        }
    }

    mutating func start(_ starts: [PartitionStart]) throws(Fault) {
        guard !starts.isEmpty else { return }
        for lane in lanes { lane.hold() }
        defer { for lane in lanes { lane.release() } }
        let again = isCooperative ? starts.map(\.partition).filter { started[$0] != nil } : Array(started.keys)
        var offsets: [Partition: Int64] = [:]
        if !again.isEmpty {
            if !isCooperative {
                for partition in again { offsets[partition] = position(partition) }
            }
            try unassign(again)
        }
        for start in starts {
            offsets[start.partition] = start.offset
            if let before = started[start.partition] { lanes[before.lane].remove(start.partition) }
            let own = try partitionQueue(start.partition)
            started[start.partition] = Started(lane: start.lane, queue: own)
            paused.remove(start.partition)
            lanes[start.lane].add(
                .init(partition: start.partition, assignment: start.assignment, next: start.offset))
        }
        try assign(offsets)
    }

    mutating func stop(_ partitions: [Partition], all: Bool) throws(Fault) {
        for lane in lanes { lane.hold() }
        defer { for lane in lanes { lane.release() } }
        let gone = all ? Array(started.keys) : partitions.filter { started[$0] != nil }
        var rest: [Partition: Int64] = [:]
        if !isCooperative {
            let gone = Set(gone)
            for partition in started.keys where !gone.contains(partition) { rest[partition] = position(partition) }
        }
        defer { isRevoking = false }
        if gone.isEmpty && !isRevoking { return }
        if isCooperative {
            try unassign(gone)
        } else if isRevoking {
            try KafkaFault.check(rd_kafka_assign(handle.pointer, nil), "unassign")
            barrier(Array(started.keys))
        } else {
            try unassign(Array(started.keys))
        }
        for partition in gone {
            if let before = started.removeValue(forKey: partition) { lanes[before.lane].remove(partition) }
            paused.remove(partition)
        }
        if isCooperative && isRevoking { try rewind(Array(started.keys)) }
        if !rest.isEmpty { try assign(rest) }
    }
}

/// Back-pressure.
extension KafkaFetching {
    mutating func pause(_ partitions: [Partition]) throws(Fault) {
        let new = partitions.filter { started[$0] != nil && !paused.contains($0) }
        guard !new.isEmpty else { return }
        try holding { () throws(Fault) in try pauseNow(new) }
        paused.formUnion(new)
    }

    mutating func resume(_ partitions: [Partition]) throws(Fault) {
        let ready = partitions.filter { paused.contains($0) }
        guard !ready.isEmpty else { return }
        paused.subtract(ready)
        try holding { () throws(Fault) in
            // What was fetched but not handed out when the pause came is lost to librdkafka (#2190): we know where we
            // are.
            try rewind(ready)
            let list = PartitionList(ready)
            try KafkaFault.check(rd_kafka_resume_partitions(handle.pointer, list.pointer), "resume")
        }
    }

    private func pauseNow(_ partitions: [Partition]) throws(Fault) {
        let list = PartitionList(partitions)
        try KafkaFault.check(rd_kafka_pause_partitions(handle.pointer, list.pointer), "pause")
    }

    /// Fetches again from the next offset that the lane may hand out. With a time-out of zero it is only asked for: the
    /// time-out is a thousand times too short in this version (#4230), and what follows stands behind it in line.
    private func rewind(_ partitions: [Partition]) throws(Fault) {
        var offsets: [Partition: Int64] = [:]
        for partition in partitions { offsets[partition] = position(partition) }
        guard !offsets.isEmpty else { return }
        let list = PartitionList(offsets)
        if let fault = KafkaFault.take(rd_kafka_seek_partitions(handle.pointer, list.pointer, 0), "seek") {
            throw fault
        }
    }
}

/// The steps. Lanes are held by the caller.
extension KafkaFetching {
    private func position(_ partition: Partition) -> Int64? {
        started[partition].flatMap { lanes[$0.lane].next(partition) }
    }

    private typealias Incremental =
        (OpaquePointer?, UnsafePointer<rd_kafka_topic_partition_list_t>?) -> OpaquePointer?

    private func incremental(_ call: Incremental, _ list: borrowing PartitionList) throws(Fault) {
        if let fault = KafkaFault.take(call(handle.pointer, list.pointer), "incremental assignment") { throw fault }
    }

    /// Stops fetching and waits until the partitions' threads have stopped.
    private func unassign(_ partitions: [Partition]) throws(Fault) {
        if isCooperative {
            try incremental(rd_kafka_incremental_unassign, PartitionList(partitions))
        } else {
            let none = PartitionList([] as [Partition])
            try KafkaFault.check(rd_kafka_assign(handle.pointer, none.pointer), "assign")
        }
        barrier(partitions)
    }

    /// Resuming is handled by the partition's own thread, behind the stop, and answered: on a stopped partition it does
    /// nothing but clear a pause that would otherwise outlive the assignment.
    private func barrier(_ partitions: [Partition]) {
        guard !partitions.isEmpty else { return }
        let list = PartitionList(partitions)
        _ = rd_kafka_resume_partitions(handle.pointer, list.pointer)
    }

    private func partitionQueue(_ partition: Partition) throws(Fault) -> KafkaQueue {
        guard let own = rd_kafka_queue_get_partition(handle.pointer, partition.topic, partition.number) else {
            throw KafkaFault.make(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, "start \(partition)")
        }
        return KafkaQueue(handle, owning: own)
    }

    private mutating func assign(_ offsets: [Partition: Int64]) throws(Fault) {
        for partition in offsets.keys { forward(partition) }
        let list = PartitionList(offsets)
        if isCooperative {
            try incremental(rd_kafka_incremental_assign, list)
        } else {
            try KafkaFault.check(rd_kafka_assign(handle.pointer, list.pointer), "assign")
        }
        let stillPaused = offsets.keys.filter { paused.contains($0) }
        if !stillPaused.isEmpty { try pauseNow(stillPaused) }
        unsettled = Deadline(milliseconds: 10_000)
    }

    private func forward(_ partition: Partition) {
        guard let one = started[partition] else { return }
        rd_kafka_queue_forward(one.queue.pointer, lanes[one.lane].queue.pointer)
    }

    /// Forwards again for a while after each start: should a partition have moved between threads in between, the
    /// barrier may have overtaken its stop. Forwarding what is forwarded changes nothing, and takes along what was
    /// stranded.
    mutating func settle() {
        guard let deadline = unsettled else { return }
        for partition in started.keys { forward(partition) }
        if deadline.hasPassed { unsettled = nil }
    }
}
