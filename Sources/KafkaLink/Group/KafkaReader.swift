import CRdkafka
import Foundation
import FreshetCore

/// Reads single records outside of any group, with a client of its own that is made when it is first needed.
///
/// Shared by the coordinator and the lanes; `@unchecked Sendable` holds because `handle` is touched only under `lock`.
/// One asks at a time.
final class KafkaReader: @unchecked Sendable {
    private let settings: KafkaSettings
    private let lock = NSLock()
    private var handle: KafkaHandle?
    /// librdkafka begins with a partition when its broker thread wakes up, which may take a second. Milliseconds
    /// between two reminders.
    private static let reminder = 20

    init(_ settings: KafkaSettings) { self.settings = settings }

    /// The record at exactly this offset; nil where it was deleted, compacted away or never written.
    func record(_ partition: Partition, at offset: Int64) throws(Fault) -> RecordCopy? {
        try records(at: [partition: offset])[partition]
    }

    /// Of each partition the record at exactly this offset; absent where there is none. All at once: librdkafka may
    /// take a second to begin with a partition and to let go of it, and many wait as long as one.
    func records(at offsets: [Partition: Int64]) throws(Fault) -> [Partition: RecordCopy] {
        guard !offsets.isEmpty else { return [:] }
        lock.lock()
        defer { lock.unlock() }
        let handle = try client()
        let queue = KafkaQueue(handle)
        var topics: [String: OpaquePointer] = [:]
        var started: [Partition] = []
        defer {
            for partition in started {
                if let topic = topics[partition.topic] { rd_kafka_consume_stop(topic, partition.number) }
            }
            for topic in topics.values { rd_kafka_topic_destroy(topic) }
        }
        for (partition, offset) in offsets {
            let topic = topics[partition.topic] ?? rd_kafka_topic_new(handle.pointer, partition.topic, nil)
            topics[partition.topic] = topic
            guard let topic, rd_kafka_consume_start_queue(topic, partition.number, offset, queue.pointer) == 0 else {
                throw KafkaFault.make(rd_kafka_last_error(), Self.what(partition, offset))
            }
            started.append(partition)
        }
        return try collect(offsets, from: queue)
    }

    private static func what(_ partition: Partition, _ offset: Int64) -> String { "record \(partition) at \(offset)" }

    private func client() throws(Fault) -> KafkaHandle {
        if let handle { return handle }
        // Nothing is read ahead but the one fetch that holds the record, and none is held by a broker that has no more.
        let handle = try KafkaHandle(
            RD_KAFKA_CONSUMER, pairs: try settings.withOverrides(pairs()), events: RD_KAFKA_EVENT_LOG)
        self.handle = handle
        return handle
    }

    private func pairs() -> [KafkaSettings.Pair] {
        settings.commonPairs + settings.fetchPairs + [("queued.min.messages", "1"), ("fetch.wait.max.ms", "10")]
    }

    private func collect(
        _ offsets: [Partition: Int64], from queue: KafkaQueue
    ) throws(Fault) -> [Partition: RecordCopy] {
        var found: [Partition: RecordCopy] = [:]
        var open = offsets
        let deadline = Deadline(milliseconds: settings.requestTimeout)
        let nudge = FetchNudge(queue.handle, pairs: pairs())
        while let (waiting, offset) = open.first {
            if deadline.hasPassed {
                throw KafkaFault.timeout(Self.what(waiting, offset), milliseconds: settings.requestTimeout)
            }
            _ = rd_kafka_poll(queue.handle.pointer, 0)
            guard let message = rd_kafka_consume_queue(queue.pointer, deadline.wait(atMost: Self.reminder)) else {
                nudge.wake()
                continue
            }
            defer { rd_kafka_message_destroy(message) }
            let partition = Partition(topic: KafkaMessage.topic(message), number: message.pointee.partition)
            guard let wanted = open[partition] else { continue }
            switch message.pointee.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                if message.pointee.offset < wanted { continue }
                open[partition] = nil
                if message.pointee.offset == wanted {
                    found[partition] = KafkaMessage.copy(message, partition: partition)
                }
            case RD_KAFKA_RESP_ERR__PARTITION_EOF, RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET,
                RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
                open[partition] = nil
            case let error:
                throw KafkaFault.make(error, Self.what(partition, wanted), detail: KafkaMessage.words(message))
            }
        }
        return found
    }
}
