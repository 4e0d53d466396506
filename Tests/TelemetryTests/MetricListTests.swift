import Testing

@testable import Telemetry

@Suite struct MetricListTests {
    @Test func eachCounterHasItsOwnSlot() {
        #expect(Counter.all.map(\.slot).sorted() == Array(0..<Counter.count))
    }

    @Test func eachGaugeHasItsOwnSlot() {
        #expect(Gauge.all.map(\.slot).sorted() == Array(0..<Gauge.count))
    }

    @Test func eachDistributionHasItsOwnSlot() {
        #expect(Distribution.all.map(\.slot).sorted() == Array(0..<Distribution.count))
    }

    @Test func noTwoSeriesAreTheSame() {
        let all = Counter.all.map(\.series) + Gauge.all.map(\.series) + Distribution.all.map(\.series)
        let names = all.map { "\($0.name) \($0.labels.map { "\($0.name)=\($0.value)" })" }
        #expect(Set(names).count == names.count)
    }

    @Test func namesFollowPrometheus() {
        for series in Counter.all.map(\.series) {
            #expect(series.name.hasPrefix("freshet_") && series.name.hasSuffix("_total"), "\(series.name)")
        }
        for series in Distribution.all.map(\.series) where series.unit == .nanoseconds {
            #expect(series.name.hasSuffix("_seconds"), "\(series.name)")
        }
    }

    @Test func labelsAreWrittenInKebabCase() {
        #expect(RecoveryLabel.cacheLost.text == "cache-lost")
        #expect(StrategyLabel.continue.text == "continue")
        #expect(OutcomeLabel.deadLettered.text == "dead-lettered")
    }

    @Test func messagesAreKebabCase() {
        for message in LogMessage.allCases {
            #expect(message.rawValue.allSatisfy { $0 == "-" || ($0.isASCII && $0.isLowercase) }, "\(message)")
        }
    }
}
