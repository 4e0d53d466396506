import CRdkafka
import Foundation
import FreshetCore
import Synchronization

/// Owns one librdkafka client. Queues, lanes and batches hold it, so that it outlives whatever points into it.
final class KafkaHandle: Sendable {
    /// How long the end of the last owner waits for librdkafka's threads before it leaves them behind; milliseconds.
    /// librdkafka 2.0.2 can hang in there for ever (#4187, #4724).
    private static let destroyBound = 3_000

    /// Clients whose end took longer than the bound.
    static let abandoned = Atomic<Int>(0)

    /// librdkafka documents its client as completely thread-safe, and this field never changes.
    nonisolated(unsafe) let pointer: OpaquePointer

    /// `events` of the RD_KAFKA_EVENT_… mask come out of queues; nothing is called back.
    init(_ type: rd_kafka_type_t, pairs: [KafkaSettings.Pair], events: Int32) throws(Fault) {
        let configuration: OpaquePointer
        do {
            configuration = try Self.configuration(pairs)
        } catch {
            throw Fault(.kafka, .kafka(name: "_INVALID_ARG", fatal: true), error.description)
        }
        rd_kafka_conf_set_events(configuration, events)
        var words = [CChar](repeating: 0, count: 512)
        guard let pointer = rd_kafka_new(type, configuration, &words, words.count) else {
            rd_kafka_conf_destroy(configuration)
            let error = rd_kafka_last_error()
            let detail = String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw KafkaFault.make(error, "kafka client", detail: detail, fatal: true)
        }
        self.pointer = pointer
        // Log lines travel with the events; without this they would wait for ever.
        rd_kafka_set_log_queue(pointer, nil)
    }

    deinit {
        // The last owner's: nobody else has it any more, and one thread gets it.
        nonisolated(unsafe) let pointer = self.pointer
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
            done.signal()
        }
        if done.wait(timeout: .now() + .milliseconds(Self.destroyBound)) == .timedOut {
            Self.abandoned.add(1, ordering: .relaxed)
        }
    }

    static func configuration(_ pairs: [KafkaSettings.Pair]) throws(KafkaSettingError) -> OpaquePointer {
        guard let configuration = rd_kafka_conf_new() else {
            throw KafkaSettingError(name: "", message: "librdkafka has no memory left")
        }
        var words = [CChar](repeating: 0, count: 512)
        for (name, value) in pairs
        where rd_kafka_conf_set(configuration, name, value, &words, words.count) != RD_KAFKA_CONF_OK {
            rd_kafka_conf_destroy(configuration)
            let text = String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw KafkaSettingError(name: name, message: text)
        }
        return configuration
    }

    /// What librdkafka calls fatal, if it has come to that.
    var fatal: Fault? {
        var words = [CChar](repeating: 0, count: 512)
        let error = rd_kafka_fatal_error(pointer, &words, words.count)
        guard error != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        let detail = String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return KafkaFault.make(error, "kafka client", detail: detail, fatal: true)
    }
}
