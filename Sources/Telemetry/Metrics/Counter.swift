/// Everything that is counted: a closed list.
package enum Counter: Hashable, Sendable {
    case received
    case receivedBytes
    /// Of an assignment that is over.
    case dropped
    /// Delivered again: their outcome was counted before.
    case repeated
    /// Offsets that recovery, or an order, passed over.
    case skipped
    case records(OutcomeLabel)
    case rejections(RejectionLabel)
    case changes
    case coalesced
    case keys(KeyActionLabel)
    case batches
    case chunks
    case applyReplies(ApplyReplyLabel)
    case wholeKinds
    case faults(DependencyLabel, FaultLabel)
    case reconnects(DependencyLabel)
    case pauses(DependencyLabel)
    case breaker(DependencyLabel, BreakerLabel)
    case rebalances(RebalanceLabel)
    case recoveries(RecoveryLabel, StrategyLabel)
    case commits(ResultLabel)
    case letters(LetterLabel)
    case retries
    case gateWaits
    case pendingAdded
    case pendingDone
    case rebuilds
    case samples(SampleAgeLabel, SampleLabel)
    case upkeep(UpkeepLabel)
    case upkeepWritten
    case upkeepCompared
    case upkeepWrong

    /// The order of the slots; a test says that it and `slot` agree.
    package static let all: [Counter] = {
        var all: [Counter] = [.received, .receivedBytes, .dropped, .changes, .coalesced, .batches, .chunks]
        all += [.wholeKinds, .retries, .gateWaits, .pendingAdded, .pendingDone, .rebuilds]
        all += OutcomeLabel.allCases.map { .records($0) }
        all += RejectionLabel.allCases.map { .rejections($0) }
        all += KeyActionLabel.allCases.map { .keys($0) }
        all += ApplyReplyLabel.allCases.map { .applyReplies($0) }
        all += DependencyLabel.allCases.flatMap { d in FaultLabel.allCases.map { .faults(d, $0) } }
        all += DependencyLabel.allCases.map { .reconnects($0) }
        all += DependencyLabel.allCases.map { .pauses($0) }
        all += DependencyLabel.allCases.flatMap { d in BreakerLabel.allCases.map { .breaker(d, $0) } }
        all += RebalanceLabel.allCases.map { .rebalances($0) }
        all += RecoveryLabel.allCases.flatMap { r in StrategyLabel.allCases.map { .recoveries(r, $0) } }
        all += ResultLabel.allCases.map { .commits($0) }
        all += LetterLabel.allCases.map { .letters($0) }
        all.append(.repeated)
        all += SampleAgeLabel.allCases.flatMap { age in SampleLabel.allCases.map { .samples(age, $0) } }
        all.append(.skipped)
        all += UpkeepLabel.allCases.map { .upkeep($0) }
        all += [.upkeepWritten, .upkeepCompared, .upkeepWrong]
        return all
    }()

    static let count = 182

    /// A constant for the optimiser: the hot path pays an add and nothing else.
    package var slot: Int {
        switch self {
        case .received: 0
        case .receivedBytes: 1
        case .dropped: 2
        case .changes: 3
        case .coalesced: 4
        case .batches: 5
        case .chunks: 6
        case .wholeKinds: 7
        case .retries: 8
        case .gateWaits: 9
        case .pendingAdded: 10
        case .pendingDone: 11
        case .rebuilds: 12
        case .records(let label): 13 + label.rawValue
        case .rejections(let label): 18 + label.rawValue
        case .keys(let label): 34 + label.rawValue
        case .applyReplies(let label): 37 + label.rawValue
        case .faults(let dependency, let label): 48 + dependency.rawValue * 6 + label.rawValue
        case .reconnects(let dependency): 66 + dependency.rawValue
        case .pauses(let dependency): 69 + dependency.rawValue
        case .breaker(let dependency, let label): 72 + dependency.rawValue * 3 + label.rawValue
        case .rebalances(let label): 81 + label.rawValue
        case .recoveries(let label, let strategy): 84 + label.rawValue * 9 + strategy.rawValue
        case .commits(let label): 156 + label.rawValue
        case .letters(let label): 158 + label.rawValue
        case .repeated: 160
        case .samples(let age, let label): 161 + age.rawValue * 4 + label.rawValue
        case .skipped: 173
        case .upkeep(let label): 174 + label.rawValue
        case .upkeepWritten: 179
        case .upkeepCompared: 180
        case .upkeepWrong: 181
        }
    }
}
