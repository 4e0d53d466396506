/// What `offsets reset` tells the workers about one partition: go on from this offset. A note in the control record
/// until a worker has done it; whoever has the partition does.
package struct MoveOrder: Hashable, Sendable {
    package var offset: Int64
    /// Tells one order from another one to the same place.
    package var id: String

    package init(offset: Int64, id: String) {
        self.offset = offset
        self.id = id
    }

    package init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2, let offset = Int64(words[0]), offset >= 0 else { return nil }
        self.init(offset: offset, id: String(words[1]))
    }

    package var text: String { "\(offset) \(id)" }

    package static func name(_ group: String, _ partition: Partition) -> String {
        "move:\(group):\(partition.topic):\(partition.number)"
    }
}
