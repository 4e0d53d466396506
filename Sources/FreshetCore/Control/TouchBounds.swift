/// What the control record's log of touches may hold. Writes and fills that are older than what it still knows are
/// refused; looking through all of it holds Redis for 2 to 4 ms.
package struct TouchBounds: Hashable, Sendable {
    package var entries: Int
    /// Of the sets of buckets.
    package var bytes: Int

    package init(entries: Int = 4_096, bytes: Int = 128 << 10) {
        self.entries = entries
        self.bytes = bytes
    }
}
