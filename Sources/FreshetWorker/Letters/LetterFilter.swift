/// Which letters are meant: every condition that is there must hold; of one that names several values, any.
package struct LetterFilter: Sendable {
    package var origins: Set<LetterOrigin> = []
    /// `match:4711`
    package var entities: Set<String> = []
    /// Classes as they stand, or the last part of a Java class' name.
    package var reasons: Set<String> = []
    package var kinds: Set<String> = []
    package var keys: Set<[UInt8]> = []
    /// Milliseconds since 1970 of the last failure; the end does not count.
    package var since: Int64?
    package var until: Int64?
    /// Of the origin.
    package var partitions: Set<Int32> = []
    package var offsets: [ClosedRange<Int64>] = []

    package init() {}

    /// Nothing is left out.
    package var isEmpty: Bool {
        origins.isEmpty && entities.isEmpty && reasons.isEmpty && kinds.isEmpty && keys.isEmpty && since == nil
            && until == nil && partitions.isEmpty && offsets.isEmpty
    }

    package func matches(_ letter: LetterSight) -> Bool {
        let origin = letter.head.origin
        if !origins.isEmpty || !entities.isEmpty {
            guard origins.contains(origin) || letter.subject.entities.contains(where: entities.contains) else {
                return false
            }
        }
        if !reasons.isEmpty, !reasons.contains(letter.head.reason), !reasons.contains(letter.head.shortReason) {
            return false
        }
        if !kinds.isEmpty, !letter.subject.kinds.contains(where: kinds.contains) { return false }
        if !keys.isEmpty {
            guard let key = letter.key, keys.contains(key) else { return false }
        }
        if let since, letter.time < since { return false }
        if let until, letter.time >= until { return false }
        if !partitions.isEmpty, !partitions.contains(origin.partition.number) { return false }
        return offsets.isEmpty || offsets.contains { $0.contains(origin.offset) }
    }
}
