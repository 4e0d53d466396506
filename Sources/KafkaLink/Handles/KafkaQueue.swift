import CRdkafka

/// Owns one reference to a queue of a client.
final class KafkaQueue: Sendable {
    let handle: KafkaHandle
    /// librdkafka's queues are thread-safe, and this field never changes.
    nonisolated(unsafe) let pointer: OpaquePointer

    /// Takes over `pointer`.
    init(_ handle: KafkaHandle, owning pointer: OpaquePointer) {
        self.handle = handle
        self.pointer = pointer
    }

    /// A new, empty queue.
    convenience init(_ handle: KafkaHandle) {
        // librdkafka aborts by itself when it has no memory; it never gives nil here.
        self.init(handle, owning: rd_kafka_queue_new(handle.pointer)!)
    }

    deinit { rd_kafka_queue_destroy(pointer) }

    /// The next event, or nil when the time passed or the queue was woken. The body must not keep the pointer.
    func poll<R>(_ milliseconds: Int32, _ body: (OpaquePointer) throws -> R) rethrows -> R? {
        guard let event = rd_kafka_queue_poll(pointer, milliseconds) else { return nil }
        defer { rd_kafka_event_destroy(event) }
        return try body(event)
    }

    func wake() { rd_kafka_queue_yield(pointer) }
}
