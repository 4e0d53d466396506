import CRdkafka
import FreshetCore

/// Reads stretches of topics outside of any group, one after another. Used by one thread.
package final class KafkaTopicReader {
    private let settings: KafkaSettings
    private let handle: KafkaHandle

    package init(_ settings: KafkaSettings) throws(Fault) {
        self.settings = settings
        // A stretch has its end already: nothing is waited for, and the next one isn't held up by a long fetch.
        let pairs = settings.commonPairs + settings.fetchPairs + [("fetch.wait.max.ms", "10")]
        handle = try KafkaHandle(
            RD_KAFKA_CONSUMER, pairs: try settings.withOverrides(pairs), events: RD_KAFKA_EVENT_LOG)
    }

    /// Gives each record to `body` in order, until it says that it wants no more. Records that were
    /// compacted away are passed over. Throws where nothing comes for as long as a request may take.
    package func read(
        _ stretch: KafkaStretch, _ body: (RecordCopy) throws(Fault) -> Bool
    ) throws(Fault) {
        guard stretch.count > 0 else { return }
        let partition = stretch.partition
        let what = "records of \(partition) from \(stretch.from)"
        guard let topic = rd_kafka_topic_new(handle.pointer, partition.topic, nil) else {
            throw KafkaFault.make(rd_kafka_last_error(), what)
        }
        defer { rd_kafka_topic_destroy(topic) }
        guard rd_kafka_consume_start(topic, partition.number, stretch.from) == 0 else {
            throw KafkaFault.make(rd_kafka_last_error(), what)
        }
        defer { rd_kafka_consume_stop(topic, partition.number) }
        var deadline = Deadline(milliseconds: settings.requestTimeout)
        while !deadline.hasPassed {
            _ = rd_kafka_poll(handle.pointer, 0)
            guard let message = rd_kafka_consume(topic, partition.number, deadline.wait(atMost: 1_000)) else {
                continue
            }
            defer { rd_kafka_message_destroy(message) }
            deadline = Deadline(milliseconds: settings.requestTimeout)
            switch message.pointee.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                let offset = message.pointee.offset
                if offset >= stretch.to { return }
                if offset >= stretch.from, try !body(KafkaMessage.copy(message, partition: partition)) { return }
                if offset + 1 >= stretch.to { return }
            // The end, or what was left of it was compacted away.
            case RD_KAFKA_RESP_ERR__PARTITION_EOF: return
            case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
                throw KafkaFault.make(
                    RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, what, detail: "its retention removed them meanwhile")
            case let error: throw KafkaFault.make(error, what, detail: KafkaMessage.words(message))
            }
        }
        throw KafkaFault.timeout(what, milliseconds: settings.requestTimeout)
    }
}
