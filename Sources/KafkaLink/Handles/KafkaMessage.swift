import CRdkafka
import FreshetCore

/// Reads librdkafka's messages without copying them.
enum KafkaMessage {
    typealias Pointer = UnsafeMutablePointer<rd_kafka_message_t>

    static func topic(_ message: Pointer) -> String {
        guard let rkt = message.pointee.rkt, let name = rd_kafka_topic_name(rkt) else { return "" }
        return String(cString: name)
    }

    /// nil is a null value; an empty one is a buffer of no bytes.
    @inline(__always)
    static func value(_ message: Pointer) -> UnsafeRawBufferPointer? {
        message.pointee.payload.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.len) }
    }

    @inline(__always)
    static func key(_ message: Pointer) -> UnsafeRawBufferPointer? {
        message.pointee.key.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.key_len) }
    }

    @inline(__always)
    static func timestamp(_ message: Pointer) -> Int64 {
        var type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = rd_kafka_message_timestamp(message, &type)
        return type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? -1 : time
    }

    static func headers(_ message: Pointer) -> [RecordHeader] {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        var headers: [RecordHeader] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        while rd_kafka_header_get_all(list, headers.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            let bytes = value.map { Array(UnsafeRawBufferPointer(start: $0, count: size)) }
            headers.append(RecordHeader(name: name.map { String(cString: $0) } ?? "", value: bytes))
        }
        return headers
    }

    static func copy(_ message: Pointer, partition: Partition) -> RecordCopy {
        RecordCopy(
            partition: partition, offset: message.pointee.offset, timestamp: timestamp(message),
            key: key(message).map { Array($0) }, value: value(message).map { Array($0) }, headers: headers(message))
    }

    /// The words that came with an error.
    static func words(_ message: Pointer) -> String? {
        rd_kafka_message_errstr(message).map { String(cString: $0) }
    }
}
