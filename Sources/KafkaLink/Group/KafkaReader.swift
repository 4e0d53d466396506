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

    init(_ settings: KafkaSettings) { self.settings = settings }

    /// The record at exactly this offset; nil where it was deleted, compacted away or never written.
    func record(_ partition: Partition, at offset: Int64) throws(Fault) -> RecordCopy? {
        lock.lock()
        defer { lock.unlock() }
        return try read(partition, at: offset, try client())
    }

    private func client() throws(Fault) -> KafkaHandle {
        if let handle { return handle }
        // Nothing is read ahead but the one fetch that holds the record.
        let pairs = settings.commonPairs + settings.fetchPairs + [("queued.min.messages", "1")]
        let handle = try KafkaHandle(
            RD_KAFKA_CONSUMER, pairs: try settings.withOverrides(pairs), events: RD_KAFKA_EVENT_LOG)
        self.handle = handle
        return handle
    }

    private func read(_ partition: Partition, at offset: Int64, _ handle: KafkaHandle) throws(Fault) -> RecordCopy? {
        let what = "record \(partition) at \(offset)"
        guard let topic = rd_kafka_topic_new(handle.pointer, partition.topic, nil) else {
            throw KafkaFault.make(rd_kafka_last_error(), what)
        }
        defer { rd_kafka_topic_destroy(topic) }
        guard rd_kafka_consume_start(topic, partition.number, offset) == 0 else {
            throw KafkaFault.make(rd_kafka_last_error(), what)
        }
        defer { rd_kafka_consume_stop(topic, partition.number) }
        let deadline = Deadline(milliseconds: settings.requestTimeout)
        while !deadline.hasPassed {
            _ = rd_kafka_poll(handle.pointer, 0)
            guard let message = rd_kafka_consume(topic, partition.number, deadline.wait(atMost: 1_000)) else {
                continue
            }
            defer { rd_kafka_message_destroy(message) }
            switch message.pointee.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                if message.pointee.offset < offset { continue }
                return message.pointee.offset == offset ? KafkaMessage.copy(message, partition: partition) : nil
            case RD_KAFKA_RESP_ERR__PARTITION_EOF, RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET,
                RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
                return nil
            case let error: throw KafkaFault.make(error, what, detail: KafkaMessage.words(message))
            }
        }
        throw KafkaFault.timeout(what, milliseconds: settings.requestTimeout)
    }
}
