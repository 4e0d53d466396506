import FreshetCore

/// An event of the played application, as words: `match 5 7 up 1003 1,2` is kind, id, version, operation, transaction
/// (0: none) and the parents that its images name. Anything else is rejected.
enum SimEvent {
    static func bytes(
        kind: String, id: Int64, version: Int64, isDelete: Bool, transaction: UInt64, parents: [Int64]
    ) -> [UInt8] {
        let named = parents.isEmpty ? "-" : parents.map(String.init).joined(separator: ",")
        return Array("\(kind) \(id) \(version) \(isDelete ? "delete" : "up") \(transaction) \(named)".utf8)
    }
}

final class SimDecoder: Decoder {
    private let defences: Defences

    init(defences: Defences) { self.defences = defences }

    func decode(_ batch: RecordBatch, _ index: Int, topic: Int, into buffer: inout ChangeBuffer) -> Decoded {
        guard let value = batch.records[index].value else { return .ignored }
        let words = String(decoding: value, as: UTF8.self).split(separator: " ")
        guard words.count == 6, let id = Int64(words[1]), let version = Int64(words[2]),
            let transaction = UInt64(words[4])
        else { return .rejected(Rejection(.malformedJSON, "not an event")) }
        let kind = words[0] == "match" ? SimGraph.match : SimGraph.league
        let start = Int32(buffer.targets.count)
        if words[5] != "-" && defences.contains(.images) {
            for parent in words[5].split(separator: ",") {
                buffer.targets.append(
                    ChangeBuffer.Target(
                        edge: Int32(SimGraph.EdgeNumber.matchNamesTable),
                        entity: EntityRef(kind: SimGraph.table, int: Int64(parent) ?? 0)))
            }
        }
        buffer.changes.append(
            Change(
                entity: EntityRef(kind: kind, int: id), operation: words[3] == "delete" ? .delete : .upsert,
                version: version, transaction: transaction == 0 ? nil : transaction, hasImageBefore: words[5] != "-",
                targets: start..<Int32(buffer.targets.count)))
        return .changes
    }
}
