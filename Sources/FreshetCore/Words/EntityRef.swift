/// A kind and an id, as one fixed-size value that needs no reference counting.
///
/// What `high` and `low` mean depends on the kind's id type:
/// - bigint: `low` holds the bit pattern of the `Int64`, `high` is 0;
/// - uuid: the sixteen bytes, big-endian, `high` first;
/// - text and composite: `low` is the index that the batch's `TextPool` gave the id's canonical bytes, `high` is 0.
///   Such a reference means something only together with that pool.
package struct EntityRef: Hashable, Sendable {
    package var kind: KindIndex
    package var high: UInt64
    package var low: UInt64

    @inlinable package init(kind: KindIndex, high: UInt64, low: UInt64) {
        self.kind = kind
        self.high = high
        self.low = low
    }

    @inlinable package init(kind: KindIndex, int: Int64) {
        self.init(kind: kind, high: 0, low: UInt64(bitPattern: int))
    }

    @inlinable package var int: Int64 { Int64(bitPattern: low) }
}
