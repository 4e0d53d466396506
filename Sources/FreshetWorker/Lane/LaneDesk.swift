import FreshetCore
import Synchronization

/// What a lane and the coordinator hand to each other: seats one way, finished work and requests the other.
package final class LaneDesk: Sendable {
    /// A range of offsets whose effects and checkpoint are in Redis.
    package struct Finished: Sendable {
        package var partition: Partition
        package var epoch: UInt32
        package var from: Int64
        package var to: Int64
    }

    /// Effects of these partitions were lost or may be; the lane has stopped working on them.
    package struct Request: Sendable {
        package var assignments: [Partition: UInt32]
        package var reason: Refusal
    }

    private struct State {
        var seats: [UInt32: Seat] = [:]
        var version = 0
        /// The version that the lane works by: nothing removed before it is in its hands.
        var acknowledged = 0
        var finished: [Finished] = []
        var requests: [Request] = []
        var missesMemory = false
        var isStopping = false
        var mustDrop = false
        var hasLeft = false
        var failure: Fault?
        var counts = OutcomeCounts()
    }

    private let state = Mutex(State())

    package init() {}

    // MARK: The coordinator's side

    package func place(_ seats: [Seat]) {
        state.withLock { state in
            for seat in seats { state.seats[seat.assignment.slot] = seat }
            state.version += 1
        }
    }

    /// The lane shall work on them no more. Answers the version that it will acknowledge.
    package func remove(_ partitions: Set<Partition>) -> Int {
        state.withLock { state in
            state.seats = state.seats.filter { !partitions.contains($0.value.partition) }
            state.version += 1
            return state.version
        }
    }

    package func hasAcknowledged(_ version: Int) -> Bool {
        state.withLock { $0.acknowledged >= version || $0.hasLeft }
    }

    package func takeFinished() -> [Finished] {
        state.withLock { state in
            defer { state.finished.removeAll(keepingCapacity: true) }
            return state.finished
        }
    }

    package func takeRequests() -> [Request] {
        state.withLock { state in
            defer { state.requests.removeAll() }
            return state.requests
        }
    }

    /// Finish what is in hand, then leave; with `dropping`, leave what is in hand too.
    package func stop(dropping: Bool) {
        state.withLock {
            $0.isStopping = true
            $0.mustDrop = $0.mustDrop || dropping
        }
    }

    package var hasLeft: Bool { state.withLock { $0.hasLeft } }
    package var failure: Fault? { state.withLock { $0.failure } }
    package var counts: OutcomeCounts { state.withLock { $0.counts } }

    /// Whether a lane found an edge's memory incomplete since the last call.
    package func takeMissedMemory() -> Bool {
        state.withLock { state in
            defer { state.missesMemory = false }
            return state.missesMemory
        }
    }

    // MARK: The lane's side

    package var isStopping: Bool { state.withLock { $0.isStopping } }
    package var mustDrop: Bool { state.withLock { $0.mustDrop } }

    /// The seats, if they changed since `version`.
    package func seats(since version: Int) -> (seats: [UInt32: Seat], version: Int)? {
        state.withLock { $0.version == version ? nil : ($0.seats, $0.version) }
    }

    package func acknowledge(_ version: Int) {
        state.withLock { $0.acknowledged = max($0.acknowledged, version) }
    }

    package func finish(_ work: [Finished], counts: OutcomeCounts) {
        state.withLock {
            $0.finished.append(contentsOf: work)
            $0.counts = $0.counts + counts
        }
    }

    package func request(_ request: Request) {
        state.withLock { $0.requests.append(request) }
    }

    package func missMemory() {
        state.withLock { $0.missesMemory = true }
    }

    package func fail(_ fault: Fault) {
        state.withLock { $0.failure = $0.failure ?? fault }
    }

    package func leave() {
        state.withLock { $0.hasLeft = true }
    }
}
