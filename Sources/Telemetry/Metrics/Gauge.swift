/// What has a level: a closed list. Each lane sets its own; a snapshot merges them.
package enum Gauge: Hashable, Sendable {
    case lag
    case pending
    case assignedPartitions
    case pausedPartitions
    case inFlightRecords
    case lastAppliedTime
    case breaker(DependencyLabel)
    /// Parts per million.
    case consistency(SampleAgeLabel)

    package enum Merge: Sendable {
        case sum
        case largest
    }

    package static let all: [Gauge] =
        [.lag, .pending, .assignedPartitions, .pausedPartitions, .inFlightRecords, .lastAppliedTime]
        + DependencyLabel.allCases.map { .breaker($0) } + SampleAgeLabel.allCases.map { .consistency($0) }

    static let count = 12

    package var slot: Int {
        switch self {
        case .lag: 0
        case .pending: 1
        case .assignedPartitions: 2
        case .pausedPartitions: 3
        case .inFlightRecords: 4
        case .lastAppliedTime: 5
        case .breaker(let dependency): 6 + dependency.rawValue
        case .consistency(let age): 9 + age.rawValue
        }
    }

    package var merge: Merge {
        switch self {
        case .lag, .assignedPartitions, .pausedPartitions, .inFlightRecords: .sum
        // Pending entries are the deployment's, seen by each lane; a breaker that is open anywhere is open.
        // Only one thread of a process samples; the others' stays 0.
        case .pending, .lastAppliedTime, .breaker, .consistency: .largest
        }
    }

    package var series: Series {
        switch self {
        case .lag: Series("freshet_lag", "Records between the checkpoint and the end of the assigned partitions.")
        case .pending: Series("freshet_pending", "Second effects that are owed.")
        case .assignedPartitions: Series("freshet_assigned_partitions", "Partitions assigned to this worker.")
        case .pausedPartitions: Series("freshet_paused_partitions", "Partitions that are not fetched at the moment.")
        case .inFlightRecords: Series("freshet_in_flight_records", "Records received and not yet acknowledged.")
        case .lastAppliedTime:
            Series("freshet_last_applied_time_ms", "When a batch was applied last, in milliseconds since 1970.")
        case .consistency(let age):
            Series(
                "freshet_consistency_ratio", ["after": age.text], unit: .partsPerMillion,
                "Share of the sampled changes that no reader could see stale, so long after they were applied.")
        case .breaker(let dependency):
            Series(
                "freshet_breaker_state", ["dependency": dependency.text],
                "State of the circuit breaker: 0 closed, 1 half-open, 2 open.")
        }
    }
}
