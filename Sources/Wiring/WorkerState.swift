import CommandKit
import FreshetCore
import Synchronization

/// What a probe wants to know of a worker: ready or not, and why.
package final class WorkerState: Sendable {
    package struct Pause: Hashable, Sendable {
        package var part: String
        package var fault: Fault
    }

    package struct View: Hashable, Sendable {
        package enum Phase: String, Sendable {
            case starting
            case ready
            /// Workers with another graph have their turn.
            case standingBy = "standing-by"
            /// A dependency is away; the worker resumes by itself.
            case paused
            case stopping
            case stopped
        }

        package var phase: Phase
        package var partitions: [Partition]
        package var pauses: [Pause]
    }

    private struct State {
        var isReady = false
        var isStandingBy = false
        var isStopping = false
        var isStopped = false
        var partitions: Set<Partition> = []
        var pauses: [String: Fault] = [:]
        /// Since when the group has assigned nothing, not even nothing; monotonic nanoseconds.
        var awaitingSince: UInt64?
    }

    private let state = Mutex(State(awaitingSince: MachineClock.now()))
    private let onReady: @Sendable () -> Void
    private let onChange: @Sendable (View) -> Void

    package init(onReady: @escaping @Sendable () -> Void, onChange: @escaping @Sendable (View) -> Void) {
        self.onReady = onReady
        self.onChange = onChange
    }

    package var view: View { state.withLock { Self.view($0) } }

    /// It is ready, and has nothing to do: a deploy must not wait for it.
    package func standsBy(_ standsBy: Bool) {
        let isFirst = change { state in
            state.isStandingBy = standsBy
            defer { if standsBy { state.isReady = true } }
            return standsBy && !state.isReady
        }
        if isFirst { onReady() }
    }

    package func isReady(partitions: Int) {
        let isFirst = change { state in
            defer { state.isReady = true }
            return !state.isReady
        }
        if isFirst { onReady() }
    }

    /// Answers how many there are. A worker that gets none is ready too: others have them all.
    package func assigned(_ partitions: [Partition]) -> Int {
        let total = change { state in
            state.awaitingSince = nil
            state.partitions.formUnion(partitions)
            return state.partitions.count
        }
        if total == 0 { isReady(partitions: 0) }
        return total
    }

    package func revoked(_ partitions: [Partition]) -> Int {
        change { state in
            state.partitions.subtract(partitions)
            if state.partitions.isEmpty { state.awaitingSince = MachineClock.now() }
            return state.partitions.count
        }
    }

    /// Nanoseconds for which the group has owed an assignment.
    package func awaits(_ now: UInt64 = MachineClock.now()) -> UInt64? {
        state.withLock { state in
            guard !state.isStopping, !state.isStandingBy, let since = state.awaitingSince else { return nil }
            return now - min(since, now)
        }
    }

    /// Whether this part was not paused before.
    package func pauses(_ part: String, _ fault: Fault) -> Bool {
        change { $0.pauses.updateValue(fault, forKey: part) == nil }
    }

    /// Whether this part was paused.
    @discardableResult
    package func goesOn(_ part: String) -> Bool {
        guard state.withLock({ $0.pauses[part] != nil }) else { return false }
        return change { $0.pauses.removeValue(forKey: part) != nil }
    }

    package func stopping() { change { $0.isStopping = true } }

    package func stopped() { change { $0.isStopped = true } }

    /// Tells of what differs, in order: the lock is held meanwhile.
    @discardableResult
    private func change<R>(_ body: (inout State) -> R) -> R {
        state.withLock { state in
            let before = Self.view(state)
            let result = body(&state)
            let after = Self.view(state)
            if before != after { onChange(after) }
            return result
        }
    }

    private static func view(_ state: State) -> View {
        let phase: View.Phase =
            if state.isStopped { .stopped } else if state.isStopping { .stopping } else if !state.pauses.isEmpty {
                .paused
            } else if state.isStandingBy { .standingBy } else if state.isReady { .ready } else { .starting }
        return View(
            phase: phase, partitions: state.partitions.sorted(),
            pauses: state.pauses.map { Pause(part: $0.key, fault: $0.value) }.sorted { $0.part < $1.part })
    }
}
