import CRdkafka
import FreshetCore

/// Stretches of several partitions, read at once through one queue and without any group. Used by one thread.
package final class KafkaReplayLog {
    package struct Stretch: Sendable {
        package var partition: Partition
        package var from: Int64
        package var assignment: RecordBatch.Assignment

        package init(partition: Partition, from: Int64, assignment: RecordBatch.Assignment) {
            self.partition = partition
            self.from = from
            self.assignment = assignment
        }
    }

    private let handle: KafkaHandle
    private let lane: KafkaLaneLog
    private let notices: GroupNotices
    private let nudge: FetchNudge
    /// Owned by `handle`'s client, and given back before it goes.
    private var topics: [String: OpaquePointer] = [:]
    private var started: [RecordBatch.Assignment: Partition] = [:]

    package init(_ settings: KafkaSettings, _ stretches: [Stretch]) throws(Fault) {
        let pairs = try settings.withOverrides(
            settings.commonPairs + settings.fetchPairs + [("fetch.wait.max.ms", "10")])
        handle = try KafkaHandle(RD_KAFKA_CONSUMER, pairs: pairs, events: RD_KAFKA_EVENT_LOG)
        notices = GroupNotices(waking: KafkaQueue(handle))
        nudge = FetchNudge(handle, pairs: pairs)
        lane = try KafkaLaneLog(handle, notices: notices, reader: KafkaReader(settings), nudge: nudge)
        for stretch in stretches { try start(stretch) }
    }

    private func start(_ stretch: Stretch) throws(Fault) {
        let partition = stretch.partition
        let topic = topics[partition.topic] ?? rd_kafka_topic_new(handle.pointer, partition.topic, nil)
        topics[partition.topic] = topic
        lane.hold()
        lane.add(.init(partition: partition, assignment: stretch.assignment, next: stretch.from))
        lane.release()
        guard let topic,
            rd_kafka_consume_start_queue(topic, partition.number, stretch.from, lane.queue.pointer) == 0
        else { throw KafkaFault.make(rd_kafka_last_error(), "start of \(partition) at \(stretch.from)") }
        started[stretch.assignment] = partition
    }

    deinit {
        for partition in started.values {
            if let topic = topics[partition.topic] { rd_kafka_consume_stop(topic, partition.number) }
        }
        for topic in topics.values { rd_kafka_topic_destroy(topic) }
    }

    /// Paused and not stopped: stopping waits for librdkafka's thread, which may sleep for a second.
    package func finish(_ assignment: RecordBatch.Assignment) {
        guard let partition = started[assignment] else { return }
        lane.hold()
        lane.remove(partition)
        lane.release()
        let list = PartitionList([partition])
        _ = rd_kafka_pause_partitions(handle.pointer, list.pointer)
    }
}

extension KafkaReplayLog: LaneLog {
    package func receive(limit: Int, within milliseconds: Int) throws(Fault) -> RecordBatch {
        _ = rd_kafka_poll(handle.pointer, 0)
        let batch = try lane.receive(limit: limit, within: milliseconds)
        // librdkafka begins with a partition when its thread wakes up, which may take a second.
        if batch.count == 0 { nudge.wake() }
        while let notice = notices.next() {
            switch notice {
            case .outOfRange(let partition):
                throw KafkaFault.make(
                    RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, "replay of \(partition)",
                    detail: "its retention removed records that were not read yet; begin anew")
            // Brokers that are away are waited for; whoever reads sets the bound.
            default: continue
            }
        }
        return batch
    }

    package func reachedEnds() -> [(assignment: RecordBatch.Assignment, offset: Int64)] { lane.reachedEnds() }

    package var waiting: Int { lane.waiting }

    package func records(_ partition: Partition, at offsets: [Int64]) throws(Fault) -> [RecordCopy] { [] }

    package var wake: @Sendable () -> Void { lane.wake }
}
