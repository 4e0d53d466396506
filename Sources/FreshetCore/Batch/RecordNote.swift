/// What the plan remembers of one record: enough to say what became of it.
package struct RecordNote: Hashable, Sendable {
    package static let ignored: Int32 = -1
    package static let deadLettered: Int32 = -2
    package static let deferred: Int32 = -3
    /// A truncate: the kind is swept.
    package static let wholeKind: Int32 = -4

    package var offset: Int64
    package var version: Int64
    /// Its node, or one of the constants above.
    package var node: Int32
    /// Index into `Plan.partitions`.
    package var partition: Int32

    package init(offset: Int64, version: Int64, node: Int32, partition: Int32) {
        self.offset = offset
        self.version = version
        self.node = node
        self.partition = partition
    }
}
