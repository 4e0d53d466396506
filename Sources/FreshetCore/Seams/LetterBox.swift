/// A record on its way to a dead-letter or retry topic.
package struct Letter: Hashable, Sendable {
    package var topic: String
    /// nil lets the key decide.
    package var partition: Int32?
    package var timestamp: Int64
    package var key: [UInt8]?
    package var value: [UInt8]?
    package var headers: [RecordHeader]

    package init(
        topic: String, partition: Int32?, timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader]
    ) {
        self.topic = topic
        self.partition = partition
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// Where letters go. Implemented by KafkaLink with an idempotent producer.
package protocol LetterBox: AnyObject {
    /// Returns once every letter was acknowledged by all in-sync replicas; throws if one was not. Letters that were
    /// written before a failure may be written again by the next call: their identity is their origin.
    func send(_ letters: [Letter]) async throws(Fault)
}
