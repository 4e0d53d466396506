/// A header as it came: names may repeat, values may be null.
package struct RecordHeader: Hashable, Sendable {
    package var name: String
    package var value: [UInt8]?

    package init(name: String, value: [UInt8]?) {
        self.name = name
        self.value = value
    }
}

/// A record with its bytes, independent of the batch it came in.
package struct RecordCopy: Hashable, Sendable {
    package var partition: Partition
    package var offset: Int64
    /// Milliseconds since 1970, or -1.
    package var timestamp: Int64
    package var key: [UInt8]?
    package var value: [UInt8]?
    package var headers: [RecordHeader]

    /// The trace that the record belongs to, where a header says so.
    package var traceparent: String? {
        headers.first { $0.name == "traceparent" || $0.name == "ce_traceparent" }?.value.map {
            String(decoding: $0.prefix(64), as: UTF8.self)
        }
    }

    package init(
        partition: Partition, offset: Int64, timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader]
    ) {
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }
}
