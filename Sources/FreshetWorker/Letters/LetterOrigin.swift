import FreshetCore

/// Which record a letter is about: its identity everywhere, however often it was written.
package struct LetterOrigin: Hashable, Sendable, CustomStringConvertible {
    package var partition: Partition
    package var offset: Int64

    package init(_ partition: Partition, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }

    /// As lists show it and `--id` takes it: `shop.changes/3/1042`.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, let number = Int32(parts[1]), number >= 0,
            let offset = Int64(parts[2]), offset >= 0
        else { return nil }
        self.init(Partition(topic: String(parts[0]), number: number), offset: offset)
    }

    package var description: String { "\(partition.topic)/\(partition.number)/\(offset)" }
}
