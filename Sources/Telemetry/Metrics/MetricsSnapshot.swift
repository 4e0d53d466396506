/// All metrics at one moment: what the account, the live view, the periodic log line and the endpoint read.
package struct MetricsSnapshot: Hashable, Sendable {
    var counters = [Int64](repeating: 0, count: Counter.count)
    var gauges = [Int64](repeating: 0, count: Gauge.count)
    var histograms = [HistogramSnapshot](repeating: HistogramSnapshot(), count: Distribution.count)

    package init() {}

    package subscript(counter: Counter) -> Int64 { counters[counter.slot] }
    package subscript(gauge: Gauge) -> Int64 { gauges[gauge.slot] }
    package subscript(distribution: Distribution) -> HistogramSnapshot { histograms[distribution.slot] }

    /// How many records ended in one of the ways; the account says that it equals what was received.
    package var recordsFinished: Int64 { OutcomeLabel.allCases.reduce(0) { $0 + self[.records($1)] } }

    /// All failures of dependencies.
    package var faults: Int64 {
        DependencyLabel.allCases.reduce(0) { sum, dependency in
            FaultLabel.allCases.reduce(sum) { $0 + self[.faults(dependency, $1)] }
        }
    }

    package mutating func merge(_ other: MetricsSnapshot) {
        for index in counters.indices { counters[index] += other.counters[index] }
        for gauge in Gauge.all {
            switch gauge.merge {
            case .sum: gauges[gauge.slot] += other.gauges[gauge.slot]
            case .largest: gauges[gauge.slot] = max(gauges[gauge.slot], other.gauges[gauge.slot])
            }
        }
        for index in histograms.indices { histograms[index].merge(other.histograms[index]) }
    }

    /// What happened after an earlier snapshot; levels stay as they are.
    package func since(_ earlier: MetricsSnapshot) -> MetricsSnapshot {
        var result = self
        for index in counters.indices { result.counters[index] -= earlier.counters[index] }
        for index in histograms.indices {
            result.histograms[index] = histograms[index].since(earlier.histograms[index])
        }
        return result
    }
}
