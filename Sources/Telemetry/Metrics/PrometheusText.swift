/// A snapshot in Prometheus's text format (0.0.4).
package enum PrometheusText {
    /// Upper bounds shown, in seconds. Ours are finer; a value within 6 % of a bound may be counted on its other side.
    static let seconds: [Double] = [
        0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
        300, 1800,
    ]
    static let counts: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000]

    package static func render(_ snapshot: MetricsSnapshot) -> String {
        var text = ""
        var family = ""
        func begin(_ series: Series, _ type: String) {
            guard series.name != family else { return }
            family = series.name
            text += "# HELP \(series.name) \(series.help)\n# TYPE \(series.name) \(type)\n"
        }
        for counter in Counter.all {
            begin(counter.series, "counter")
            text += "\(counter.series.name)\(labels(counter.series)) \(snapshot[counter])\n"
        }
        for gauge in Gauge.all {
            begin(gauge.series, "gauge")
            let value =
                gauge.series.unit == .partsPerMillion ? number(Double(snapshot[gauge]) / 1e6) : "\(snapshot[gauge])"
            text += "\(gauge.series.name)\(labels(gauge.series)) \(value)\n"
        }
        for distribution in Distribution.all {
            begin(distribution.series, "histogram")
            append(snapshot[distribution], distribution.series, to: &text)
        }
        return text
    }

    private static func append(_ histogram: HistogramSnapshot, _ series: Series, to text: inout String) {
        let scale = series.unit == .nanoseconds ? 1e9 : 1
        for bound in series.unit == .nanoseconds ? seconds : counts {
            let below = histogram.count(upTo: UInt64(bound * scale))
            text += "\(series.name)_bucket\(labels(series, bound: number(bound))) \(below)\n"
        }
        text += "\(series.name)_bucket\(labels(series, bound: "+Inf")) \(histogram.count)\n"
        text += "\(series.name)_sum\(labels(series)) \(number(Double(histogram.sum) / scale))\n"
        text += "\(series.name)_count\(labels(series)) \(histogram.count)\n"
    }

    /// Label values are ours: none needs escaping.
    private static func labels(_ series: Series, bound: String? = nil) -> String {
        var pairs = series.labels.map { "\($0.name)=\"\($0.value)\"" }
        if let bound { pairs.append("le=\"\(bound)\"") }
        return pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
    }
}
