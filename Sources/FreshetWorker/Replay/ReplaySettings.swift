import FreshetCore

/// How a replay goes about it.
package struct ReplaySettings: Sendable {
    /// Records, and entities that they name, that one window holds at most: an entity is refreshed once in each. A
    /// record takes 24 bytes of memory until its window is through, an entity some 200 with what depends on it.
    package var windowRecords = 4_000_000
    package var windowEntities = 262_144
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
