import FreshetCore

/// What is loaded and how fast.
package struct WarmSettings: Sendable {
    package var kinds: [KindIndex]
    /// Entities of each kind; nil: all that its warm-sql lists.
    package var top: Int?
    /// Entities that are read and written under one ticket: also what is in memory at once.
    package var pageEntities = 1_000
    /// Documents per second read from PostgreSQL; 0: as fast as it goes.
    package var readRate = 0
    /// Keys per second written to Redis; 0: as fast as it goes.
    package var writeRate = 0
    package var emission = Emission.Bounds()
    package var callsInFlight = 16
    /// Tickets that one page may use before what is still refused is left to those who keep touching it.
    package var attempts = 5
    /// Also what the graph's edges lead to from what is listed.
    package var isRelated = false
    /// Only count.
    package var isDry = false

    package init(kinds: [KindIndex]) { self.kinds = kinds }
}
