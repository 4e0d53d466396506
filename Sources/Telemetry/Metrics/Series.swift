/// What a metric is called and means. Several series with different labels make a family.
package struct Series: Hashable, Sendable {
    package struct Pair: Hashable, Sendable {
        package var name: String
        package var value: String
    }

    package enum Unit: Sendable, Hashable {
        case count
        /// Kept as nanoseconds, shown as seconds.
        case nanoseconds
        case bytes
        /// Shown as a ratio.
        case partsPerMillion
    }

    /// Prometheus's rules: `freshet_records_total`.
    package var name: String
    package var labels: [Pair]
    package var unit: Unit
    package var help: String

    init(_ name: String, unit: Unit = .count, _ help: String) {
        self.init(name, [:], unit: unit, help)
    }

    init(_ name: String, _ labels: KeyValuePairs<String, String>, unit: Unit = .count, _ help: String) {
        self.name = name
        self.labels = labels.map { Pair(name: $0.key, value: $0.value) }
        self.unit = unit
        self.help = help
    }
}
