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

    package init(_ decoder: any Decoder, _ selection: Selection, _ graph: Graph) {
        self.decoder = decoder
        self.selection = selection
        self.graph = graph
    }

    package func decode(
        _ batch: RecordBatch, _ index: Int, topic: Int, into buffer: inout ChangeBuffer
    ) -> Decoded {
        if let keys = selection.keys {
            guard let key = batch.records[index].key, keys.contains(Array(key)) else { return .ignored }
        }
        let decoded = decoder.decode(batch, index, topic: topic, into: &buffer)
        guard case .changes = decoded else { return decoded }
        if let kinds = selection.kinds { buffer.changes.removeAll { !kinds.contains($0.entity.kind) } }
        if let entities = selection.entities {
            let pool = buffer.pool
            buffer.changes.removeAll { change in
                change.operation != .truncate
                    && !entities.contains(EntityName.write(change.entity, graph, pool: pool))
            }
        }
        return buffer.changes.isEmpty ? .ignored : .changes
    }
}
