/// What the decoder writes: the changes of one record at a time, and the ids that don't fit into an `EntityRef`.
package struct ChangeBuffer: Sendable {
    /// An entity that the payload itself names, for an edge declared by field.
    package struct Target: Hashable, Sendable {
        package var edge: Int32
        package var entity: EntityRef

        package init(edge: Int32, entity: EntityRef) {
            self.edge = edge
            self.entity = entity
        }
    }

    /// Cleared by the lane before each record.
    package var changes: [Change] = []
    /// Grows over the batch; cleared with the pool.
    package var targets: [Target] = []
    package var pool = TextPool()
    /// `traceparent` of the record decoded last, where it has one; empty otherwise.
    package var traceparent: [UInt8] = []

    package init() {}
}
