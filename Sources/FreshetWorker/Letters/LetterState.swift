/// What people have decided about a letter.
package enum LetterState: String, Hashable, Sendable, CaseIterable {
    /// Nothing yet: it waits for somebody.
    case open
    /// Sent to the retry topic; if it fails again, it is open again.
    case retried
    /// Of no further interest, whatever happens.
    case discarded
    /// Put aside until somebody takes it back.
    case parked
}
