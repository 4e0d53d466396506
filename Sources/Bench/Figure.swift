import CommandKit

/// One thing that was measured in every round.
package struct Figure: Sendable {
    package var unit: String
    package private(set) var samples: [Double] = []

    package init(_ unit: String, samples: [Double] = []) {
        self.unit = unit
        self.samples = samples
    }

    package mutating func add(_ sample: Double) { samples.append(sample) }

    package var median: Double {
        let sorted = samples.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// Half the way from the lowest to the highest, as a part of the median: what the machine's noise does to it.
    package var spread: Double {
        guard let low = samples.min(), let high = samples.max(), median > 0 else { return 0 }
        return (high - low) / 2 / median
    }

    var json: JSON {
        .object([
            ("unit", .string(unit)), ("median", .double(median)), ("spread", .double(spread)),
            ("samples", .array(samples.map { .double($0) })),
        ])
    }
}
