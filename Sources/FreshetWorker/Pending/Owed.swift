import FreshetCore

/// An effect that is owed, as it stands in a pending entry's body: words in one line, the entity's name last.
package enum Owed: Hashable, Sendable {
    /// The read model was behind its event: the whole cascade is applied again when the row is there.
    case gate(entity: String, version: Int64?, isDelete: Bool, deadline: Int64, origin: Partition, offset: Int64)
    /// Readers of this kind fill with a plain SET: its keys are invalidated once more.
    case sweep(entity: String)

    package var id: String {
        switch self {
        case .gate(let entity, let version, _, _, let origin, let offset):
            "gate \(origin.topic) \(origin.number) \(offset) \(version ?? -1) \(entity)"
        case .sweep(let entity): "sweep \(entity)"
        }
    }

    package var body: [UInt8] {
        switch self {
        case .gate(let entity, let version, let isDelete, let deadline, let origin, let offset):
            let words = [
                "gate", version.map(String.init) ?? "-", isDelete ? "delete" : "upsert", String(deadline), origin.topic,
                String(origin.number), String(offset), entity,
            ]
            return Array(words.joined(separator: " ").utf8)
        case .sweep(let entity): return Array("sweep \(entity)".utf8)
        }
    }

    /// nil where another version of the worker wrote something that this one doesn't know.
    package init?(_ body: [UInt8]) {
        let text = String(decoding: body, as: UTF8.self)
        let words = text.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: false).map(String.init)
        if words.first == "sweep", words.count >= 2 {
            self = .sweep(entity: String(text.dropFirst("sweep ".count)))
            return
        }
        guard words.count == 8, words[0] == "gate", let deadline = Int64(words[3]), let number = Int32(words[5]),
            let offset = Int64(words[6])
        else { return nil }
        self = .gate(
            entity: words[7], version: Int64(words[1]), isDelete: words[2] == "delete", deadline: deadline,
            origin: Partition(topic: words[4], number: number), offset: offset)
    }
}
