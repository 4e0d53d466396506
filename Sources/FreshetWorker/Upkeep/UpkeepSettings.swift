import FreshetCore

/// How upkeep goes about it.
package struct UpkeepSettings: Sendable {
    package var owner: String
    package var emission: Emission.Bounds
    /// Milliseconds between looks for what is to be done.
    package var look = 1_000
    /// Milliseconds that a worker may be silent before another one takes over.
    package var lease: Int64 = 30_000
    /// Milliseconds until a check that could prove nothing is tried again.
    package var postponement = 30_000
    /// Entities that are read and written under one ticket.
    package var pageEntities = 500
    /// Script calls at once: events come first.
    package var callsInFlight = 2
    /// Milliseconds between two looks at a key that differs, and to wait for what was announced.
    package var moment = 1_000
    package var patience = 10_000
    package var backoff = Backoff.Settings(initial: 1_000, cap: 60_000)

    package init(owner: String, emission: Emission.Bounds = Emission.Bounds()) {
        self.owner = owner
        self.emission = emission
    }
}
