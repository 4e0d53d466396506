import Telemetry

/// The worker's own numbers, as the live view shows them.
enum DevNumbers {
    /// `begin` was taken when the season began: the burst that announces its fixtures tells nothing about freshness.
    static func of(_ snapshot: MetricsSnapshot, since begin: MetricsSnapshot) -> DevState.Numbers {
        var numbers = DevState.Numbers()
        let freshness = snapshot.since(begin)[.freshness]
        numbers.freshnessCount = freshness.count
        numbers.p50 = freshness.quantile(0.5) / 1_000
        numbers.p99 = freshness.quantile(0.99) / 1_000
        numbers.largest = freshness.quantile(1) / 1_000
        numbers.outcomes = OutcomeLabel.allCases.map {
            DevState.Numbers.Outcome(name: $0.text, count: snapshot[.records($0)])
        }
        numbers.refreshed = snapshot[.keys(.refreshed)]
        numbers.invalidated = snapshot[.keys(.invalidated)]
        numbers.refused = snapshot[.keys(.refused)]
        return numbers
    }
}
