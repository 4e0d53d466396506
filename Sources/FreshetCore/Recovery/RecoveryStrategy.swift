/// What is done about a class.
package enum RecoveryStrategy: String, Sendable, CaseIterable {
    /// From the topic's first record.
    case earliest
    /// From the end; everything before is skipped, so every kind that the topic reaches is invalidated.
    case latest
    /// From the first record at or after a time.
    case timestamp
    /// Note the end, invalidate what may be stale, go on from the noted end.
    case rebuild
    /// Go back by a duration from now.
    case rewind
    /// From the checkpoint in Redis.
    case checkpoint
    /// From the committed offset, as someone moved it.
    case follow
    /// Just go on.
    case `continue`
    /// Stop and say so.
    case halt
}

extension RecoveryClass {
    /// The strategies that apply; the first is the default.
    package var strategies: [RecoveryStrategy] {
        switch self {
        case .missing: [.earliest, .rebuild, .latest, .timestamp, .halt]
        case .truncated, .expired: [.rebuild, .earliest, .latest, .timestamp, .halt]
        case .history: [.rebuild, .rewind, .halt]
        case .cacheLost: [.rebuild, .earliest, .halt]
        case .cacheBehind: [.checkpoint, .rebuild, .halt]
        case .moved: [.follow, .checkpoint, .halt]
        case .behind: [.continue, .rebuild]
        case .none: [.continue]
        }
    }
}
