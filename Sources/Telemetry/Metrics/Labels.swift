// The values that labels can have: fixed here, so that the number of series is known when the worker is compiled.
// Telemetry imports nothing, so some of them repeat a list of FreshetCore, in the same order and with the same names;
// a test of the worker holds them together.

/// A value that a label can have.
package protocol Label: CaseIterable, RawRepresentable, Sendable, Hashable where RawValue == Int {
    var text: String { get }
}

extension Label {
    /// `cacheLost` → `cache-lost`
    package var text: String {
        var text = ""
        for character in "\(self)" {
            if character.isUppercase {
                text += "-" + character.lowercased()
            } else {
                text.append(character)
            }
        }
        return text
    }
}

package enum OutcomeLabel: Int, Label {
    case applied, superseded, ignored, deadLettered, deferred
}

package enum DependencyLabel: Int, Label {
    case redis, postgres, kafka
}

package enum KeyActionLabel: Int, Label {
    /// Written with the read model's value.
    case refreshed
    case invalidated
    /// A write that a fence refused; its key was invalidated and is read again.
    case refused
}

package enum FaultLabel: Int, Label {
    case cannotConnect, connectionLost, timeout, protocolViolation, errorReply, notPrimary
}

package enum RebalanceLabel: Int, Label {
    case assigned, revoked, lost
}

package enum ApplyReplyLabel: Int, Label {
    case applied, overlap, process, incarnation, floor, olderHistory, newerHistory, gap, chain, pendingFull, failed
}

package enum RecoveryLabel: Int, Label {
    case missing, truncated, expired, history, cacheLost, cacheBehind, moved, behind
}

package enum StrategyLabel: Int, Label {
    case earliest, latest, timestamp, rebuild, rewind, checkpoint, follow, `continue`, halt
}

package enum ResultLabel: Int, Label {
    case ok, failed
}

package enum LetterLabel: Int, Label {
    case deadLetter, retry
}

package enum SampleAgeLabel: Int, Label {
    case second, minute, fiveMinutes

    package var text: String {
        switch self {
        case .second: "1s"
        case .minute: "1m"
        case .fiveMinutes: "5m"
        }
    }
}

package enum SampleLabel: Int, Label {
    /// Equal to the read model.
    case consistent
    /// Not cached: a reader reads PostgreSQL.
    case absent
    case stale
    /// No answer: a dependency was away, or the key never came to rest.
    case skipped
}

package enum UpkeepLabel: Int, Label {
    case scheduled, warm, check, rebuild, refresh
}

package enum BreakerLabel: Int, Label {
    case closed, halfOpen, open
}

package enum StageLabel: Int, Label {
    case receive, decode, plan, resolve, read, apply, acknowledge
}

package enum CallLabel: Int, Label {
    case redisTicket, redisApply, redisLook, postgresResolve, postgresRead, kafkaCommit, kafkaProduce

    package var dependency: DependencyLabel {
        switch self {
        case .redisTicket, .redisApply, .redisLook: .redis
        case .postgresResolve, .postgresRead: .postgres
        case .kafkaCommit, .kafkaProduce: .kafka
        }
    }
}

package enum RejectionLabel: Int, Label {
    case emptyValue, malformedJson, tooDeep, tooLarge, missingField, wrongType, invalidId, invalidVersion, unknownKind
    case unknownOperation, unsupportedFormat, invalidEnvelope, valueTooLarge, keyTooLong, projectionMissing
    case rejectedByReadModel
}
