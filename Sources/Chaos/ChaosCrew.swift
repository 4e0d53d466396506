import Foundation
import Synchronization

/// The threads that write and read while servers break: they can be held between two steps, and end together.
final class ChaosCrew: Sendable {
    struct Counts: Sendable {
        var changes = 0
        /// Their events were out before they were visible.
        var captured = 0
        var events = 0
        var uncertain = 0
        /// Records that nobody can apply, and rows that were busy for a while.
        var poison = 0
        var busy = 0
        var hits = 0
        var fills = 0
        var refusedFills = 0
        var plainFills = 0
        var readerFaults = 0
    }

    private struct State {
        var isHeld = false
        var isOver = false
        var held = 0
        var running = 0
        var counts = Counts()
        var complaints: [String] = []
    }

    private let state = Mutex(State())

    var counts: Counts { state.withLock { $0.counts } }
    var complaints: [String] { state.withLock { $0.complaints } }

    func count(_ change: (inout Counts) -> Void) { state.withLock { change(&$0.counts) } }

    /// Something that must not happen.
    func complain(_ words: String) { state.withLock { $0.complaints.append(words) } }

    /// A thread that calls `step` until the end. Only those with `holds` stop between steps when they are asked to.
    func start(_ name: String, holds: Bool, _ make: @escaping @Sendable () -> () -> Void) {
        state.withLock { $0.running += 1 }
        let thread = Thread { [self] in
            let step = make()
            while next(holds: holds) { step() }
            state.withLock { $0.running -= 1 }
        }
        thread.name = name
        thread.stackSize = 2 << 20
        thread.start()
    }

    private func next(holds: Bool) -> Bool {
        var isCounted = false
        while true {
            let (isOver, mustWait) = state.withLock { state -> (Bool, Bool) in
                let mustWait = holds && state.isHeld && !state.isOver
                if mustWait != isCounted { state.held += mustWait ? 1 : -1 }
                return (state.isOver, mustWait)
            }
            isCounted = mustWait
            if isOver { return false }
            if !mustWait { return true }
            usleep(5_000)
        }
    }

    /// Asks them to stand still after their next step.
    func hold() { state.withLock { $0.isHeld = true } }

    /// Returns when `count` of them stand still.
    func hold(_ count: Int, within milliseconds: Int) -> Bool {
        hold()
        return wait(milliseconds) { $0.held >= count }
    }

    func release() { state.withLock { $0.isHeld = false } }

    func end(within milliseconds: Int) -> Bool {
        state.withLock { $0.isOver = true }
        return wait(milliseconds) { $0.running == 0 }
    }

    private func wait(_ milliseconds: Int, _ condition: (State) -> Bool) -> Bool {
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while ContinuousClock.now < end {
            if state.withLock({ condition($0) }) { return true }
            usleep(5_000)
        }
        return state.withLock { condition($0) }
    }
}
