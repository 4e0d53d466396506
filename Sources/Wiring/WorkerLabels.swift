import FreshetCore
import Telemetry

/// FreshetCore's words as Telemetry's labels. The lists are in the same order; a test holds them together.
extension DependencyLabel {
    package init(_ dependency: Dependency) {
        switch dependency {
        case .redis: self = .redis
        case .postgres: self = .postgres
        case .kafka: self = .kafka
        }
    }
}

extension FaultLabel {
    package init(_ code: Fault.Code) {
        switch code {
        case .cannotConnect: self = .cannotConnect
        case .connectionLost: self = .connectionLost
        case .timeout: self = .timeout
        case .protocolViolation: self = .protocolViolation
        case .notPrimary: self = .notPrimary
        // It ends the process, and so is never seen in a metric.
        case .misconfigured: self = .errorReply
        case .sqlState, .redis, .kafka: self = .errorReply
        }
    }
}

extension Label {
    /// The label at the same place of its list.
    package init?<Word: CaseIterable & Equatable>(_ word: Word) where Word.AllCases == [Word] {
        guard let place = Word.allCases.firstIndex(of: word) else { return nil }
        self.init(rawValue: place)
    }
}

extension Refusal {
    package var label: ApplyReplyLabel {
        switch self {
        case .process: .process
        case .incarnation: .incarnation
        case .floor: .floor
        case .olderHistory: .olderHistory
        case .newerHistory: .newerHistory
        case .gap: .gap
        case .chain: .chain
        case .pendingFull: .pendingFull
        }
    }

    /// For log lines: the words of the scripts.
    package var word: String {
        switch self {
        case .process: "process"
        case .incarnation: "incarnation"
        case .floor: "floor"
        case .olderHistory: "older-history"
        case .newerHistory: "newer-history"
        case .gap(let partition): "gap \(partition)"
        case .chain: "chain"
        case .pendingFull: "pending-full"
        }
    }
}
