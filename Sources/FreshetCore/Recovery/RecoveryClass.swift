/// What was found when a partition's offsets were compared. The first that matches counts, in this order.
package enum RecoveryClass: String, Sendable, CaseIterable {
    /// No committed offset and no checkpoint.
    case missing
    /// Committed beyond the high watermark, or the topic is another one.
    case truncated
    /// Where to start was deleted from the topic.
    case expired
    /// PostgreSQL's history changed.
    case history
    /// No checkpoint, or another incarnation.
    case cacheLost = "cache-lost"
    /// The checkpoint is below the committed offset.
    case cacheBehind = "cache-behind"
    /// Someone else moved the committed offset.
    case moved
    /// The lag is over the bound.
    case behind
    /// Nothing is wrong.
    case none

    /// `lagBound` in records; nil: no bound.
    package static func of(_ facts: PartitionFacts, lagBound: Int64?) -> RecoveryClass {
        if facts.committed == nil && facts.checkpoint == nil { return .missing }
        if facts.isOtherTopic || (facts.committed ?? 0) > facts.high || (facts.checkpoint?.offset ?? 0) > facts.high {
            return .truncated
        }
        if facts.resume < facts.low { return .expired }
        guard let checkpoint = facts.checkpoint else { return .cacheLost }
        if checkpoint.history != facts.history || facts.recordedHistory != facts.history { return .history }
        if let committed = facts.committed {
            if checkpoint.offset < committed { return .cacheBehind }
            // What we committed is noted after the commit, so a higher offset may be our own and a lower one can't.
            if committed < checkpoint.committed { return .moved }
        }
        if let lagBound, facts.high - facts.resume > lagBound { return .behind }
        return .none
    }
}
