/// How long after a change was applied its key is compared with the read model.
package enum SampleAge: Int, CaseIterable, Sendable {
    case second
    case minute
    case fiveMinutes

    package var milliseconds: Int {
        switch self {
        case .second: 1_000
        case .minute: 60_000
        case .fiveMinutes: 300_000
        }
    }
}

/// What a comparison found.
package enum SampleOutcome: Int, CaseIterable, Sendable {
    /// Equal to the read model, or put right while the worker was looking: a newer change was on its way.
    case consistent
    /// Not cached: a reader reads PostgreSQL.
    case absent
    /// The same wrong value time and again, with nothing on its way.
    case stale
    /// No answer: a dependency was away, or the key never came to rest.
    case skipped
}
