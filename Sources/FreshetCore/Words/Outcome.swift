/// What became of a record: each ends as exactly one of these, counted with the checkpoint in the same atomic step.
package enum Outcome: Int, Sendable, CaseIterable {
    /// The cascade of its change was invalidated or refreshed.
    case applied
    /// The row, or another record of the batch, already had a higher version.
    case superseded
    /// The graph says nothing about it.
    case ignored
    /// Written to the dead-letter topic and acknowledged there.
    case deadLettered
    /// Written to the retry topic and acknowledged there; it gets its own outcome when it comes back.
    case deferred

    package var name: String {
        switch self {
        case .applied: "applied"
        case .superseded: "superseded"
        case .ignored: "ignored"
        case .deadLettered: "dead-lettered"
        case .deferred: "deferred"
        }
    }
}
