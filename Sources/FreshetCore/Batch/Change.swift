/// What one event says: which entity changed, in which version, and whether it is still there.
package struct Change: Hashable, Sendable {
    package enum Operation: UInt8, Sendable {
        case upsert
        case delete
        /// The whole kind changed (a captured TRUNCATE); `entity` carries only the kind.
        case truncate
    }

    package var entity: EntityRef
    package var operation: Operation
    /// The entity's version as the event gives it; nil where it gives none.
    package var version: Int64?
    /// The captured transaction's 64-bit or 32-bit id (`source.txId`); nil for `after-commit` topics.
    package var transaction: UInt64?
    /// When the event says that it happened, in milliseconds since 1970; -1 where it doesn't say.
    package var eventTime: Int64
    /// The event carries the row as it was before (or says that there was none).
    package var hasImageBefore: Bool
    /// The entities that the event's payload names for edges declared by field: a range of `ChangeBuffer.targets`.
    package var targets: Range<Int32>

    package init(
        entity: EntityRef, operation: Operation, version: Int64? = nil, transaction: UInt64? = nil,
        eventTime: Int64 = -1, hasImageBefore: Bool = false, targets: Range<Int32> = 0..<0
    ) {
        self.entity = entity
        self.operation = operation
        self.version = version
        self.transaction = transaction
        self.eventTime = eventTime
        self.hasImageBefore = hasImageBefore
        self.targets = targets
    }
}
