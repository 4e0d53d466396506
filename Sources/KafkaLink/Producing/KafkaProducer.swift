import CRdkafka
import FreshetCore

/// An idempotent producer that waits for all in-sync replicas. Used by one thread.
package final class KafkaProducer {
    /// What became of a record that was produced with a number.
    struct Report {
        var number: UInt
        var error: rd_kafka_resp_err_t
    }

    package struct Counts: Hashable, Sendable {
        /// Acknowledged by all in-sync replicas.
        package var delivered = 0
        package var failed = 0
    }

    package private(set) var counts = Counts()
    /// The first failure since the last `flush`.
    private var failure: Fault?
    let handle: KafkaHandle
    private let queue: KafkaQueue
    private let settings: KafkaSettings
    private let log: @Sendable (KafkaLogLine) -> Void

    package convenience init(
        _ settings: KafkaSettings, log: @escaping @Sendable (KafkaLogLine) -> Void = { _ in }
    ) throws(Fault) {
        try self.init(settings, last: [], log: log)
    }

    /// `last` wins over everything else.
    init(
        _ settings: KafkaSettings, last pairs: [KafkaSettings.Pair],
        log: @escaping @Sendable (KafkaLogLine) -> Void = { _ in }
    ) throws(Fault) {
        self.settings = settings
        self.log = log
        handle = try KafkaHandle(
            RD_KAFKA_PRODUCER, pairs: try settings.withOverrides(settings.producerPairs) + pairs,
            events: RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG)
        // A client always has its main queue.
        queue = KafkaQueue(handle, owning: rd_kafka_queue_get_main(handle.pointer)!)
    }

    /// Queues a record; waits only while the producer's own queue is full. `timestamp` -1 is now; without a partition
    /// the key decides.
    package func produce(
        topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader] = [],
        timestamp: Int64 = -1
    ) throws(Fault) {
        let letter = Letter(
            topic: topic, partition: partition, timestamp: timestamp, key: key, value: value, headers: headers)
        try enqueue(letter, number: 0, deadline: Deadline(milliseconds: settings.deliveryTimeout)) { _ in }
    }

    /// Waits until everything that was produced is acknowledged; throws the first failure, also of what came before.
    package func flush(within milliseconds: Int) throws(Fault) {
        let deadline = Deadline(milliseconds: milliseconds)
        while rd_kafka_outq_len(handle.pointer) > 0 {
            if deadline.hasPassed { throw KafkaFault.timeout("flush of the producer", milliseconds: milliseconds) }
            poll(deadline.wait(atMost: 100)) { _ in }
        }
        guard let failure else { return }
        self.failure = nil
        throw failure
    }

    /// `number` comes back in the report; 0 is for records that nobody waits for one by one.
    func enqueue(
        _ letter: Letter, number: UInt, deadline: Deadline, reports: (Report) -> Void
    ) throws(Fault) {
        while true {
            let error = hand(letter, number: number)
            switch error {
            case RD_KAFKA_RESP_ERR_NO_ERROR: return poll(0, reports)
            case RD_KAFKA_RESP_ERR__QUEUE_FULL where !deadline.hasPassed:
                poll(deadline.wait(atMost: 100), reports)
            case RD_KAFKA_RESP_ERR__FATAL:
                throw handle.fatal ?? KafkaFault.make(error, "produce to \(letter.topic)", fatal: true)
            default: throw KafkaFault.make(error, "produce to \(letter.topic)")
            }
        }
    }

    private func hand(_ letter: Letter, number: UInt) -> rd_kafka_resp_err_t {
        let headers = letter.headers.isEmpty ? nil : Self.list(letter.headers)
        let error = Self.withBytes(letter.key) { key in
            Self.withBytes(letter.value) { value in
                freshet_produce(
                    handle.pointer, letter.topic, letter.partition ?? RD_KAFKA_PARTITION_UA, key.baseAddress, key.count,
                    value.baseAddress, value.count, max(0, letter.timestamp), headers,
                    UnsafeMutableRawPointer(bitPattern: number))
            }
        }
        if error != RD_KAFKA_RESP_ERR_NO_ERROR, let headers { rd_kafka_headers_destroy(headers) }
        return error
    }

    /// A null pointer means null, so empty bytes need an address.
    private static func withBytes<R>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard let bytes else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        if bytes.isEmpty {
            return [0 as UInt8].withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[0..<0])) }
        }
        return bytes.withUnsafeBytes(body)
    }

    private static func list(_ headers: [RecordHeader]) -> OpaquePointer? {
        let list = rd_kafka_headers_new(headers.count)
        for header in headers {
            withBytes(header.value) { value in
                _ = rd_kafka_header_add(list, header.name, -1, value.baseAddress, value.count)
            }
        }
        return list
    }

    /// Serves what librdkafka has to say.
    func poll(_ milliseconds: Int32, _ reports: (Report) -> Void) {
        queue.poll(milliseconds) { event in
            switch rd_kafka_event_type(event) {
            case RD_KAFKA_EVENT_DR: read(event, reports)
            case RD_KAFKA_EVENT_LOG: KafkaEvent.line(event).map(log)
            default: break
            }
        }
    }

    private func read(_ event: OpaquePointer, _ reports: (Report) -> Void) {
        while let message = rd_kafka_event_message_next(event) {
            let error = message.pointee.err
            if error == RD_KAFKA_RESP_ERR_NO_ERROR {
                counts.delivered += 1
            } else {
                counts.failed += 1
                failure = failure ?? KafkaFault.make(error, "delivery of a record")
            }
            let number = UInt(bitPattern: message.pointee._private)
            if number != 0 { reports(Report(number: number, error: error)) }
        }
    }
}
