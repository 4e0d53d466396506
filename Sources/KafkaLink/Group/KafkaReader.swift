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

    /// Answers those that are to be asked for once more: the first of a stretch was deleted, later ones may be there.
    private func read(
        _ partition: Partition, _ offsets: [Int64], _ handle: KafkaHandle, into found: inout [RecordCopy]
    ) throws(Fault) -> [Int64] {
        let what = Self.what(partition, offsets[0])
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
        let nudge = FetchNudge(handle, pairs: pairs())
        while let next = wanted.first {
            if deadline.hasPassed { throw KafkaFault.timeout(what, milliseconds: settings.requestTimeout) }
            _ = rd_kafka_poll(handle.pointer, 0)
            guard let message = rd_kafka_consume(topic, partition.number, Self.wait(deadline)) else {
                nudge.wake()
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
            guard let message = rd_kafka_consume_queue(queue.pointer, Self.wait(deadline)) else {
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

    private static func wait(_ deadline: Deadline) -> Int32 { deadline.wait(atMost: reminder) }
}
