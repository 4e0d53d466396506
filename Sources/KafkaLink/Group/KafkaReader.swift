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

    /// The records at exactly these offsets, in ascending order; those that were deleted, compacted away or never
    /// written are missing.
    func records(_ partition: Partition, at offsets: [Int64]) throws(Fault) -> [RecordCopy] {
        lock.lock()
        defer { lock.unlock() }
        var found: [RecordCopy] = []
        var rest = Set(offsets).sorted()
        while let first = rest.first {
            // Offsets far apart are looked up one by one: reading what lies between costs more than a second look.
            var stretch = [first]
            for offset in rest.dropFirst() {
                guard let last = stretch.last, offset - last <= Self.stretch else { break }
                stretch.append(offset)
            }
            rest = try read(partition, stretch, try client(), into: &found) + rest.dropFirst(stretch.count)
        }
        return found
    }

    /// Records that are read and thrown away between two wanted ones rather than looked up anew.
    private static let stretch: Int64 = 5_000

    private func client() throws(Fault) -> KafkaHandle {
        if let handle { return handle }
        // Nothing is read ahead but the one fetch that holds the record.
        let pairs = settings.commonPairs + settings.fetchPairs + [("queued.min.messages", "1")]
        let handle = try KafkaHandle(
            RD_KAFKA_CONSUMER, pairs: try settings.withOverrides(pairs), events: RD_KAFKA_EVENT_LOG)
        self.handle = handle
        return handle
    }

    /// Answers those that are to be asked for once more: the first of a stretch was deleted, later ones may be there.
    private func read(
        _ partition: Partition, _ offsets: [Int64], _ handle: KafkaHandle, into found: inout [RecordCopy]
    ) throws(Fault) -> [Int64] {
        let what = "record \(partition) at \(offsets[0])"
        guard let topic = rd_kafka_topic_new(handle.pointer, partition.topic, nil) else {
            throw KafkaFault.make(rd_kafka_last_error(), what)
        }
        defer { rd_kafka_topic_destroy(topic) }
        guard rd_kafka_consume_start(topic, partition.number, offsets[0]) == 0 else {
            throw KafkaFault.make(rd_kafka_last_error(), what)
        }
        defer { rd_kafka_consume_stop(topic, partition.number) }
        var wanted = offsets[...]
        // What comes keeps it going: the deadline is for silence.
        var deadline = Deadline(milliseconds: settings.requestTimeout)
        while let next = wanted.first {
            if deadline.hasPassed { throw KafkaFault.timeout(what, milliseconds: settings.requestTimeout) }
            _ = rd_kafka_poll(handle.pointer, 0)
            guard let message = rd_kafka_consume(topic, partition.number, deadline.wait(atMost: 1_000)) else {
                continue
            }
            defer { rd_kafka_message_destroy(message) }
            switch message.pointee.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                deadline = Deadline(milliseconds: settings.requestTimeout)
                if message.pointee.offset < next { continue }
                wanted = wanted.drop { $0 < message.pointee.offset }
                if wanted.first == message.pointee.offset {
                    found.append(KafkaMessage.copy(message, partition: partition))
                    wanted = wanted.dropFirst()
                }
            case RD_KAFKA_RESP_ERR__PARTITION_EOF: return []
            case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
                return Array(wanted.dropFirst())
            case let error: throw KafkaFault.make(error, what, detail: KafkaMessage.words(message))
            }
        }
        return []
    }
}
