/// What has a distribution: a closed list of histograms.
package enum Distribution: Hashable, Sendable {
    /// The record's timestamp → its keys are new or gone.
    case freshness
    /// The record was readable → its keys are new or gone.
    case reaction
    case batchRecords
    case cascadeKeys
    case batchKeys
    case batchChunks
    case pause
    case rebuild
    case stage(StageLabel)
    case call(CallLabel)

    package static let all: [Distribution] =
        [.freshness, .reaction, .batchRecords, .cascadeKeys, .batchKeys, .batchChunks, .pause, .rebuild]
        + StageLabel.allCases.map { .stage($0) } + CallLabel.allCases.map { .call($0) }

    static let count = 22

    package var slot: Int {
        switch self {
        case .freshness: 0
        case .reaction: 1
        case .batchRecords: 2
        case .cascadeKeys: 3
        case .batchKeys: 4
        case .batchChunks: 5
        case .pause: 6
        case .rebuild: 7
        case .stage(let label): 8 + label.rawValue
        case .call(let label): 15 + label.rawValue
        }
    }

    package var series: Series {
        switch self {
        case .freshness:
            Series(
                "freshet_freshness_seconds", unit: .nanoseconds,
                "From the record's timestamp to the moment when its keys were new or gone.")
        case .reaction:
            Series(
                "freshet_reaction_seconds", unit: .nanoseconds,
                "From the moment when the record was readable to the moment when its keys were new or gone.")
        case .batchRecords: Series("freshet_batch_records", "Records in a batch.")
        case .cascadeKeys: Series("freshet_cascade_keys", "Keys that one change touched.")
        case .batchKeys: Series("freshet_batch_keys", "Keys that one batch touched, each once.")
        case .batchChunks: Series("freshet_batch_chunks", "Script calls of a batch.")
        case .pause: Series("freshet_pause_seconds", unit: .nanoseconds, "How long an outage stopped the work.")
        case .rebuild: Series("freshet_rebuild_seconds", unit: .nanoseconds, "How long a rebuild took.")
        case .stage(let label):
            Series(
                "freshet_stage_seconds", ["stage": label.text], unit: .nanoseconds, "Time of one step of a batch.")
        case .call(let label):
            Series(
                "freshet_call_seconds", ["dependency": label.dependency.text, "call": label.text],
                unit: .nanoseconds, "Latency of calls to dependencies.")
        }
    }
}
