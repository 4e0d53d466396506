import FreshetCore
import Synchronization

/// What the lanes found in their queues and the coordinator must hear of.
final class GroupNotices: Sendable {
    /// Faults beyond it are dropped: they repeat. Out-of-range notices are one per partition, so they are always kept.
    private static let faultBound = 64

    private let events = Mutex<[GroupEvent]>([])
    private let queue: KafkaQueue

    init(waking queue: KafkaQueue) { self.queue = queue }

    func post(_ event: GroupEvent) {
        let isNew = events.withLock { events in
            if events.contains(event) { return false }
            if case .fault = event, events.count >= Self.faultBound { return false }
            events.append(event)
            return true
        }
        if isNew { queue.wake() }
    }

    func next() -> GroupEvent? { events.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
}
