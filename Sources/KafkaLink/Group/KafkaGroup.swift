import CRdkafka
import FreshetCore

/// A worker's membership in its consumer group, by librdkafka's event interface: nothing is called back.
///
/// Used by one thread, the coordinator's. The lanes are used by theirs; `lanes[n]` belongs to lane n.
///
/// An assignment is acknowledged to the group at once, with nothing in it: finding out where to start may take long (a
/// rebuild takes minutes), and a member that doesn't acknowledge holds up everybody's next rebalance.
package final class KafkaGroup: GroupLog {
    package let settings: KafkaSettings
    package let lanes: [KafkaLaneLog]
    let handle: KafkaHandle
    private let queue: KafkaQueue
    private let notices: GroupNotices
    private let offsets: KafkaOffsets
    private var fetching: KafkaFetching
    /// The group's word on what is ours; commits for anything else are refused.
    private var ours: Set<Partition> = []
    private var isClosed = false
    private let log: @Sendable (KafkaLogLine) -> Void

    private static let events =
        RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_OFFSET_COMMIT
        | RD_KAFKA_EVENT_LOG

    /// Begins to join at once; `nextEvent` says how it goes.
    package init(
        _ settings: KafkaSettings, topics: [String], lanes count: Int,
        log: @escaping @Sendable (KafkaLogLine) -> Void = { _ in }
    ) throws(Fault) {
        let pairs = try settings.withOverrides(settings.groupPairs)
        let handle = try KafkaHandle(RD_KAFKA_CONSUMER, pairs: pairs, events: Self.events)
        try KafkaFault.check(rd_kafka_poll_set_consumer(handle.pointer), "consumer queue")
        guard let pointer = rd_kafka_queue_get_consumer(handle.pointer) else {
            throw KafkaFault.make(RD_KAFKA_RESP_ERR__UNKNOWN_GROUP, "consumer queue", fatal: true)
        }
        let queue = KafkaQueue(handle, owning: pointer)
        let notices = GroupNotices(waking: queue)
        let offsets = KafkaOffsets(handle, settings: settings)
        var lanes: [KafkaLaneLog] = []
        for _ in 0..<max(1, count) {
            let nudge = FetchNudge(handle, pairs: pairs)
            lanes.append(try KafkaLaneLog(handle, notices: notices, reader: offsets.reader, nudge: nudge))
        }
        self.settings = settings
        self.handle = handle
        self.queue = queue
        self.notices = notices
        self.lanes = lanes
        self.log = log
        self.offsets = offsets
        fetching = KafkaFetching(
            handle: handle, lanes: lanes, isCooperative: settings.groupProtocol == .cooperativeSticky)
        let list = PartitionList(topics.map { Partition(topic: $0, number: RD_KAFKA_PARTITION_UA) })
        try KafkaFault.check(rd_kafka_subscribe(handle.pointer, list.pointer), "subscribe")
    }

    package func nextEvent(within milliseconds: Int) throws(Fault) -> GroupEvent? {
        let deadline = Deadline(milliseconds: milliseconds)
        repeat {
            if let notice = notices.next() { return notice }
            fetching.settle()
            let answer = queue.poll(deadline.wait(atMost: 1_000)) { event in
                Result { () throws(Fault) in try handle(event) }
            }
            if let event = try answer?.get() { return event }
        } while !deadline.hasPassed
        return notices.next()
    }

    private func handle(_ event: OpaquePointer) throws(Fault) -> GroupEvent? {
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_REBALANCE: return try rebalance(event)
        case RD_KAFKA_EVENT_ERROR: return .fault(KafkaEvent.fault(event, handle))
        case RD_KAFKA_EVENT_LOG:
            KafkaEvent.line(event).map(log)
            return nil
        case RD_KAFKA_EVENT_FETCH:
            // A record that reached the group's own queue was not stamped and is gone: its partition must start again.
            return KafkaEvent.partition(event).flatMap { fetching.contains($0) ? .outOfRange($0) : nil }
        default: return nil
        }
    }

    private func rebalance(_ event: OpaquePointer) throws(Fault) -> GroupEvent {
        let partitions = PartitionList.elements(rd_kafka_event_topic_partition_list(event)).map(\.partition)
        guard rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS else {
            let isLost = rd_kafka_assignment_lost(handle.pointer) != 0
            if isLost { ours.subtract(partitions) }
            fetching.isRevoking = true
            return .revoked(partitions, lost: isLost)
        }
        try fetching.acknowledge()
        ours.formUnion(partitions)
        return .assigned(partitions)
    }

    /// Partitions that the group has not given to us, or has taken back, are passed over.
    package func start(_ starts: [PartitionStart]) throws(Fault) {
        try fetching.start(starts.filter { ours.contains($0.partition) && lanes.indices.contains($0.lane) })
    }

    package func stop(_ partitions: [Partition], all: Bool) throws(Fault) {
        if fetching.isRevoking {
            if all { ours.removeAll() } else { ours.subtract(partitions) }
        }
        try fetching.stop(partitions, all: all)
    }

    package func pause(_ partitions: [Partition]) throws(Fault) { try fetching.pause(partitions) }

    package func resume(_ partitions: [Partition]) throws(Fault) { try fetching.resume(partitions) }

    /// What isn't ours any more is not committed; the fault `_STATE` says so after the rest was.
    package func commit(_ wanted: [Partition: Int64]) throws(Fault) {
        try offsets.commit(wanted.filter { ours.contains($0.key) })
        guard let foreign = wanted.keys.filter({ !ours.contains($0) }).min() else { return }
        throw KafkaFault.make(RD_KAFKA_RESP_ERR__STATE, "commit \(foreign)", detail: "no longer assigned to us")
    }

    package func committed(_ partitions: [Partition]) throws(Fault) -> [Partition: Int64] {
        try offsets.committed(partitions)
    }

    package func watermarks(_ partitions: [Partition]) throws(Fault) -> [Partition: (low: Int64, high: Int64)] {
        try offsets.watermarks(partitions)
    }

    package func offset(_ partition: Partition, at timestamp: Int64) throws(Fault) -> Int64 {
        try offsets.offset(partition, at: timestamp)
    }

    package func records(at offsets: [Partition: Int64]) throws(Fault) -> [Partition: RecordCopy] {
        try self.offsets.records(at: offsets)
    }

    /// Leaves the group. librdkafka's own close may block for ever (#4519); this one asks for it and stops waiting.
    package func close(within milliseconds: Int) {
        guard !isClosed else { return }
        isClosed = true
        let deadline = Deadline(milliseconds: milliseconds)
        try? fetching.stop([], all: true)
        ours.removeAll()
        let closing = KafkaQueue(handle)
        if let error = rd_kafka_consumer_close_queue(handle.pointer, closing.pointer) {
            rd_kafka_error_destroy(error)
            return
        }
        while rd_kafka_consumer_closed(handle.pointer) == 0 && !deadline.hasPassed {
            closing.poll(deadline.wait(atMost: 100)) { event in
                guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE else { return }
                fetching.isRevoking = true
                try? fetching.stop([], all: true)
            }
        }
    }

    /// Clients of this process that librdkafka did not let go within the bound; 0 unless one of its hangs was met.
    package static var abandonedClients: Int { KafkaHandle.abandoned.load(ordering: .relaxed) }

    deinit { close(within: settings.requestTimeout) }
}
