import FreshetCore

/// What upkeep has to say.
package enum UpkeepEvent: Sendable {
    case decided(kind: String, UpkeepDecision)
    case done(kind: String, UpkeepNote.Work, UpkeepTally)
    /// The workers have not applied yet what was announced: nothing can be proved of what is cached.
    case postponed(kind: String)
    /// It goes on in so many milliseconds.
    case paused(Fault, milliseconds: Int)
    case resumed
}

/// What one piece of work came to.
package struct UpkeepTally: Hashable, Sendable {
    /// Entities that the kind's warm-sql listed.
    package var listed = 0
    package var written = 0
    /// Keys that were compared with PostgreSQL, and those of them that were wrong.
    package var compared = 0
    package var wrong = 0
    /// Keys that a rebuild removed first, or a refresh because they were wrong.
    package var removed = 0
    package var milliseconds: Int64 = 0

    package init() {}
}
