import FreshetCore

/// What a letter's record is about, decoded as a worker would decode it today.
package struct LetterSubject: Sendable {
    package enum Reading: Sendable {
        case changes
        /// The graph says nothing about it.
        case ignored
        case rejected(Rejection)
        /// The graph has no such topic: this group never reads it.
        case strangeTopic
    }

    package var reading: Reading
    /// Names of kinds, each once. Where it can't be decoded, that of a topic that has only one.
    package var kinds: [String]
    /// `match:4711`, in the order of the record.
    package var entities: [String]

    package init(reading: Reading, kinds: [String], entities: [String]) {
        self.reading = reading
        self.kinds = kinds
        self.entities = entities
    }
}

/// Decodes letters one at a time. Used by one thread.
package final class LetterDecoder {
    /// Entities of one record that are named.
    package static let entityLimit = 100

    private let decoder: any Decoder
    private let graph: Graph
    private let topics: [String: Int]
    private var buffer = ChangeBuffer()

    package init(_ decoder: any Decoder, graph: Graph) {
        self.decoder = decoder
        self.graph = graph
        topics = [String: Int](graph.topics.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }

    package func subject(of record: RecordCopy, _ head: LetterHead) -> LetterSubject {
        guard let topic = topics[head.origin.partition.topic] else {
            return LetterSubject(reading: .strangeTopic, kinds: [], entities: [])
        }
        buffer.changes.removeAll(keepingCapacity: true)
        buffer.targets.removeAll(keepingCapacity: true)
        buffer.pool.removeAll()
        switch decode(record, head, topic) {
        case .changes: return changes()
        case .ignored: return LetterSubject(reading: .ignored, kinds: onlyKind(topic), entities: [])
        case .rejected(let rejection):
            return LetterSubject(reading: .rejected(rejection), kinds: onlyKind(topic), entities: [])
        }
    }

    private func decode(_ record: RecordCopy, _ head: LetterHead, _ topic: Int) -> Decoded {
        let headers = record.headers.filter { !$0.name.hasPrefix(LetterWriter.family) }
        return Self.withBytes(head.key(of: record)) { key in
            Self.withBytes(record.value) { value in
                let batch = RecordBatch(
                    records: [
                        .init(
                            assignment: .init(slot: 0, epoch: 0), offset: head.origin.offset,
                            timestamp: head.originTimestamp ?? record.timestamp, key: key, value: value, handle: 0)
                    ], headers: { _ in headers }, release: {})
                return decoder.decode(batch, 0, topic: topic, into: &buffer)
            }
        }
    }

    private static func withBytes<R>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
        guard let bytes else { return body(nil) }
        return bytes.withUnsafeBytes { body($0) }
    }

    private func changes() -> LetterSubject {
        var kinds: [String] = []
        var entities: [String] = []
        for change in buffer.changes.prefix(Self.entityLimit) {
            let kind = graph[change.entity.kind].name
            if !kinds.contains(kind) { kinds.append(kind) }
            if change.operation != .truncate {
                entities.append(EntityName.write(change.entity, graph, pool: buffer.pool))
            }
        }
        return LetterSubject(reading: .changes, kinds: kinds, entities: entities)
    }

    private func onlyKind(_ topic: Int) -> [String] {
        let definition = graph.topics[topic]
        var kinds = Set(definition.types.values.map(\.kind))
        if let kind = definition.kind { kinds.insert(kind) }
        return kinds.count == 1 ? kinds.map { graph[$0].name } : []
    }
}
