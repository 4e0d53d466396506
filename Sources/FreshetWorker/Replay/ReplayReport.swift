import FreshetCore

/// What a replay did, or would do.
package struct ReplayReport: Hashable, Sendable {
    /// Records within the stretches.
    package var records = 0
    /// Records that aren't events, or name what can't be: dead letters already, or to be.
    package var rejected = 0
    package var windows = 0
    /// Entities that the records named; in several windows they count several times.
    package var entities = 0
    /// Entities that depend on them.
    package var reached = 0
    package var refreshed = 0
    package var invalidated = 0
    /// Different keys, of a dry run.
    package var keys: Int?
    /// Nanoseconds spent on reading and decoding, and on everything.
    package var readTime: UInt64 = 0
    package var time: UInt64 = 0
    /// It was asked to stop before it was through.
    package var isCut = false

    package init() {}
}
