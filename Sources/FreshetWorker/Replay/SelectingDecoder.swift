import FreshetCore

/// Decodes what is wanted of a replay, and ignores the rest.
package final class SelectingDecoder: Decoder {
    package struct Selection: Sendable {
        /// nil: all.
        package var kinds: Set<KindIndex>?
        /// Keys of records.
        package var keys: Set<[UInt8]>?
        /// By name, `match:4711`.
        package var entities: Set<String>?

        package init() {}

        package var isAll: Bool { kinds == nil && keys == nil && entities == nil }
    }

    private let decoder: any Decoder
    private let selection: Selection
    private let graph: Graph
    /// The keys by their hash: looking a record's up takes no memory.
    private let keys: [UInt64: [[UInt8]]]
    /// The entities whose ids stand in their references; the others go by their names.
    private let references: Set<EntityRef>

    package init(_ decoder: any Decoder, _ selection: Selection, _ graph: Graph) {
        self.decoder = decoder
        self.selection = selection
        self.graph = graph
        keys = Dictionary(grouping: selection.keys ?? []) { key in key.withUnsafeBytes { Self.hash($0) } }
        var pool = TextPool()
        references = Set(
            (selection.entities ?? []).compactMap { name in
                guard let entity = try? EntityName.parse(name, graph, pool: &pool), !graph[entity.kind].isPooled
                else { return nil }
                return entity
            })
    }

    private static func hash(_ key: UnsafeRawBufferPointer) -> UInt64 { RecordHash.of(key: key, value: nil) }

    private func isWanted(_ key: UnsafeRawBufferPointer?) -> Bool {
        guard let key, let same = keys[Self.hash(key)] else { return false }
        return same.contains { $0.count == key.count && key.elementsEqual($0) }
    }

    package func decode(
        _ batch: RecordBatch, _ index: Int, topic: Int, into buffer: inout ChangeBuffer
    ) -> Decoded {
        if selection.keys != nil, !isWanted(batch.records[index].key) { return .ignored }
        let decoded = decoder.decode(batch, index, topic: topic, into: &buffer)
        guard case .changes = decoded else { return decoded }
        if let kinds = selection.kinds { buffer.changes.removeAll { !kinds.contains($0.entity.kind) } }
        if let entities = selection.entities {
            let pool = buffer.pool
            buffer.changes.removeAll { change in
                if change.operation == .truncate { return false }
                guard graph[change.entity.kind].isPooled else { return !references.contains(change.entity) }
                return !entities.contains(EntityName.write(change.entity, graph, pool: pool))
            }
        }
        return buffer.changes.isEmpty ? .ignored : .changes
    }
}
