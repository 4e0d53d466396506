import Synchronization

/// All lanes' metrics of a process.
package final class Metrics: Sendable {
    private let lanes = Mutex<[LaneMetrics]>([])

    package init() {}

    /// Counts for one more thread. They stay in every snapshot when the thread has ended, so take one per thread and
    /// process, not one per task.
    package func lane() -> LaneMetrics {
        let lane = LaneMetrics()
        lanes.withLock { $0.append(lane) }
        return lane
    }

    package func snapshot() -> MetricsSnapshot {
        var result = MetricsSnapshot()
        for lane in lanes.withLock({ $0 }) { result.merge(lane.snapshot()) }
        return result
    }
}
