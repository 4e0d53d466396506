/// Logical decoding names transactions by the lower 32 bits of their 64-bit id.
package enum TransactionID {
    /// The whole id: of those with these lower bits the one nearest to a whole id that is known. Transactions more than
    /// two billion apart can't exist at the same time.
    package static func whole(_ id: UInt64, near known: UInt64) -> UInt64 {
        guard id >> 32 == 0 else { return id }
        let distance = Int32(truncatingIfNeeded: Int64(bitPattern: id) &- Int64(bitPattern: known))
        let whole = Int64(bitPattern: known) &+ Int64(distance)
        return whole < 0 ? id : UInt64(whole)
    }
}
