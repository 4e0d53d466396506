/// How many records ended in each way.
package struct OutcomeCounts: Hashable, Sendable {
    package var applied: Int64 = 0
    package var superseded: Int64 = 0
    package var ignored: Int64 = 0
    package var deadLettered: Int64 = 0
    package var deferred: Int64 = 0

    package init() {}

    package subscript(outcome: Outcome) -> Int64 {
        get {
            switch outcome {
            case .applied: applied
            case .superseded: superseded
            case .ignored: ignored
            case .deadLettered: deadLettered
            case .deferred: deferred
            }
        }
        set {
            switch outcome {
            case .applied: applied = newValue
            case .superseded: superseded = newValue
            case .ignored: ignored = newValue
            case .deadLettered: deadLettered = newValue
            case .deferred: deferred = newValue
            }
        }
    }

    package var total: Int64 { applied + superseded + ignored + deadLettered + deferred }

    package static func + (a: OutcomeCounts, b: OutcomeCounts) -> OutcomeCounts {
        var sum = a
        for outcome in Outcome.allCases { sum[outcome] += b[outcome] }
        return sum
    }
}
