import Synchronization

/// The counts of one thread: a lane, the coordinator, a command. Whoever owns it is the only one who writes.
///
/// One writer needs no locked instruction: a relaxed load, an add and a relaxed store are plain moves on the machines
/// we run on, and a reader still sees whole numbers. Nothing has to be published.
package final class LaneMetrics: @unchecked Sendable {
    // Unchecked because of the pointer: the memory lives as long as the object, its size is fixed, and every access
    // is atomic.
    private let slots: UnsafeMutablePointer<Atomic<Int64>>

    private static let gaugesStart = Counter.count
    private static let histogramsStart = gaugesStart + Gauge.count
    /// Buckets, then the sum, then the largest value.
    private static let histogramSize = Buckets.count + 2
    private static let size = histogramsStart + Distribution.count * histogramSize

    package init() {
        slots = .allocate(capacity: Self.size)
        for index in 0..<Self.size { (slots + index).initialize(to: Atomic(0)) }
    }

    deinit {
        slots.deinitialize(count: Self.size)
        slots.deallocate()
    }

    package func add(_ counter: Counter, _ count: Int = 1) { bump(counter.slot, Int64(count)) }

    package func set(_ gauge: Gauge, _ value: Int64) {
        slots[Self.gaugesStart + gauge.slot].store(value, ordering: .relaxed)
    }

    /// Negative values (clocks of two machines that disagree) count as 0.
    package func observe(_ distribution: Distribution, _ value: Int64, times: Int = 1) {
        let start = Self.histogramsStart + distribution.slot * Self.histogramSize
        let value = max(0, value)
        bump(start + Buckets.index(UInt64(value)), Int64(times))
        bump(start + Buckets.count, value &* Int64(times))
        let largest = start + Buckets.count + 1
        if slots[largest].load(ordering: .relaxed) < value { slots[largest].store(value, ordering: .relaxed) }
    }

    /// Nanoseconds since `start`, both of a monotonic clock.
    package func observe(_ distribution: Distribution, from start: UInt64, to end: UInt64) {
        observe(distribution, Int64(clamping: end > start ? end - start : 0))
    }

    @inline(__always)
    private func bump(_ slot: Int, _ count: Int64) {
        slots[slot].store(slots[slot].load(ordering: .relaxed) &+ count, ordering: .relaxed)
    }

    func snapshot() -> MetricsSnapshot {
        var result = MetricsSnapshot()
        for index in 0..<Counter.count { result.counters[index] = read(index) }
        for index in 0..<Gauge.count { result.gauges[index] = read(Self.gaugesStart + index) }
        for index in 0..<Distribution.count {
            let start = Self.histogramsStart + index * Self.histogramSize
            var histogram = HistogramSnapshot()
            for bucket in 0..<Buckets.count { histogram.counts[bucket] = read(start + bucket) }
            histogram.sum = read(start + Buckets.count)
            histogram.largest = read(start + Buckets.count + 1)
            result.histograms[index] = histogram
        }
        return result
    }

    private func read(_ slot: Int) -> Int64 { slots[slot].load(ordering: .relaxed) }
}
