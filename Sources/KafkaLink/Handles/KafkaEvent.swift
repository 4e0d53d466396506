import CRdkafka
import FreshetCore

/// Reads librdkafka's events.
enum KafkaEvent {
    static func fault(_ event: OpaquePointer, _ handle: KafkaHandle) -> Fault {
        if rd_kafka_event_error_is_fatal(event) != 0, let fatal = handle.fatal { return fatal }
        let words = rd_kafka_event_error_string(event).map { String(cString: $0) }
        return KafkaFault.make(rd_kafka_event_error(event), "kafka", detail: words)
    }

    static func line(_ event: OpaquePointer) -> KafkaLogLine? {
        var facility: UnsafePointer<CChar>?
        var text: UnsafePointer<CChar>?
        var level: Int32 = 0
        guard rd_kafka_event_log(event, &facility, &text, &level) == 0, let facility, let text else { return nil }
        return KafkaLogLine(level: Int(level), facility: String(cString: facility), text: String(cString: text))
    }

    /// The partition of a fetched record.
    static func partition(_ event: OpaquePointer) -> Partition? {
        guard let message = rd_kafka_event_message_next(event) else { return nil }
        let mutable = UnsafeMutablePointer(mutating: message)
        return Partition(topic: KafkaMessage.topic(mutable), number: message.pointee.partition)
    }
}
