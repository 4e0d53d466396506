import FreshetCore

/// Bytes → changes, in the format that each topic of the graph declares. One per lane: it keeps scratch memory.
package final class EventDecoder: Decoder {
    private let formats: [any EventFormat]
    private let tombstones: [Tombstones]
    private let maxRecordSizes: [Int]
    private let topics: [String]

    package init(graph: Graph) {
        formats = graph.topics.map { topic in
            switch topic.format {
            case .json: PlainEvents(graph: graph, topic: topic)
            case .cloudEvents: CloudEvents(graph: graph, topic: topic)
            case .debezium: DebeziumEvents(graph: graph, topic: topic)
            }
        }
        tombstones = graph.topics.map { Tombstones(graph: graph, topic: $0) }
        // 1 GiB is far above what a broker takes, and keeps lengths within 32 bits.
        maxRecordSizes = graph.topics.map { min($0.maxRecordSize, 1 << 30) }
        topics = graph.topics.map(\.name)
    }

    package func decode(_ batch: RecordBatch, _ index: Int, topic: Int, into buffer: inout ChangeBuffer) -> Decoded {
        let record = batch.records[index]
        let targets = buffer.targets.count
        let changes = buffer.changes.count
        do throws(Rejection) {
            if let value = record.value {
                let size = maxRecordSizes[topic]
                guard value.count <= size else {
                    throw Rejection(.tooLarge, "the value has \(value.count) bytes, over \(topics[topic])'s \(size)")
                }
                if value.count == 0 { throw Rejection(.emptyValue, "the value has no bytes; a tombstone has no value") }
                return try formats[topic].decode(value, record, headers: { batch.headers(index) }, into: &buffer)
                    ? .changes : .ignored
            }
            buffer.traceparent.removeAll(keepingCapacity: true)
            if let isChange = try formats[topic].decodeWithoutValue(headers: { batch.headers(index) }, into: &buffer) {
                return isChange ? .changes : .ignored
            }
            guard try tombstones[topic].decode(record.key, into: &buffer) else { return .ignored }
            if formats[topic].repeatsDelete(record) {
                for index in changes..<buffer.changes.count { buffer.changes[index].hasImageBefore = true }
            }
            return .changes
        } catch {
            buffer.targets.removeLast(buffer.targets.count - targets)
            buffer.changes.removeLast(buffer.changes.count - changes)
            buffer.traceparent.removeAll(keepingCapacity: true)
            return .rejected(Self.bounded(error))
        }
    }

    /// Messages quote foreign bytes and names of the graph; 500 bytes are their bound.
    private static func bounded(_ rejection: Rejection) -> Rejection {
        guard rejection.message.utf8.count > 500 else { return rejection }
        return Rejection(rejection.reason, String(decoding: rejection.message.utf8.prefix(490), as: UTF8.self) + "…")
    }
}
