/// The last decision about a partition other than that nothing was wrong, as it is kept in the control record for
/// people to look at.
package struct DecisionNote: Hashable, Sendable {
    /// Milliseconds since 1970.
    package var time: Int64
    package var found: RecoveryClass
    package var strategy: RecoveryStrategy
    package var start: Int64
    /// Offsets that this decision passed over, and all decisions about the partition together.
    package var skipped: Int64
    package var skippedInAll: Int64
    package var isOrdered: Bool

    package init(
        time: Int64, found: RecoveryClass, strategy: RecoveryStrategy, start: Int64, skipped: Int64,
        skippedInAll: Int64, isOrdered: Bool
    ) {
        self.time = time
        self.found = found
        self.strategy = strategy
        self.start = start
        self.skipped = skipped
        self.skippedInAll = skippedInAll
        self.isOrdered = isOrdered
    }

    package init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 7, let time = Int64(words[0]), let found = RecoveryClass(rawValue: String(words[1])),
            let strategy = RecoveryStrategy(rawValue: String(words[2])), let start = Int64(words[3]),
            let skipped = Int64(words[4]), let all = Int64(words[5])
        else { return nil }
        self.init(
            time: time, found: found, strategy: strategy, start: start, skipped: skipped, skippedInAll: all,
            isOrdered: words[6] == "ordered")
    }

    package var text: String {
        "\(time) \(found.rawValue) \(strategy.rawValue) \(start) \(skipped) \(skippedInAll) "
            + (isOrdered ? "ordered" : "found")
    }

    package static func name(_ group: String, _ partition: Partition) -> String {
        "decided:\(group):\(partition.topic):\(partition.number)"
    }
}
