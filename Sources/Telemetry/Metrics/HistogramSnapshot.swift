/// A histogram at one moment.
package struct HistogramSnapshot: Hashable, Sendable {
    var counts = [Int64](repeating: 0, count: Buckets.count)
    package var sum: Int64 = 0
    /// Exact, of all time: a difference of two snapshots keeps the later one's.
    package var largest: Int64 = 0

    package init() {}

    package var count: Int64 { counts.reduce(0, +) }

    package var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }

    /// The value that a share `q` of all values doesn't exceed, to the precision of a bucket, and never more than the
    /// largest value; 0 where there is none.
    package func quantile(_ q: Double) -> Int64 {
        let total = count
        guard total > 0 else { return 0 }
        let wanted = min(total, max(1, Int64((q * Double(total)).rounded(.up))))
        var seen: Int64 = 0
        for index in counts.indices {
            seen += counts[index]
            if seen >= wanted { return min(largest, Int64(clamping: Buckets.highest(index))) }
        }
        return largest
    }

    /// How many values are at most `value`, to the precision of a bucket.
    package func count(upTo value: UInt64) -> Int64 {
        var total: Int64 = 0
        for index in counts.indices where Buckets.lowest(index) <= value { total += counts[index] }
        return total
    }

    mutating func merge(_ other: HistogramSnapshot) {
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
        largest = max(largest, other.largest)
    }

    func since(_ earlier: HistogramSnapshot) -> HistogramSnapshot {
        var result = self
        for index in counts.indices { result.counts[index] -= earlier.counts[index] }
        result.sum -= earlier.sum
        return result
    }
}
