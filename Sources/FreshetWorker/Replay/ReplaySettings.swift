import FreshetCore

/// How a replay goes about it.
package struct ReplaySettings: Sendable {
    /// Entities that the records of one window name at most: an entity is refreshed once in each. It takes some 200
    /// bytes of memory with what depends on it, and its documents while the window is applied. Records take none.
    package var windowEntities = 262_144
    /// Records of one window, for a place that is saved more often; 0: no bound.
    package var windowRecords = 0
    /// Keys per second written to Redis; 0: as fast as it goes.
    package var writeRate = 0
    /// Milliseconds without any record after which Kafka is taken to be away.
    package var silence = 60_000
    /// Milliseconds that a window may fail before the replay gives up; it can be resumed.
    package var patience = 120_000
    /// Count what would be touched, and change nothing.
    package var isDry = false
    /// Only read: what reading alone takes.
    package var isRaw = false

    package init() {}
}
