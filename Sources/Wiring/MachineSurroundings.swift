import CommandKit
import Dispatch
import FreshetCore
import Synchronization

/// The machine's clocks, chance, and sleep that blocks the caller's own thread.
package final class MachineSurroundings: Surroundings {
    /// After the wish to stop nobody sleeps longer, so that a pause doesn't eat the time for an orderly end;
    /// milliseconds.
    private static let longestAfterStop = 100

    private struct State {
        var isStopping = false
        var sleepers: [UInt64: DispatchSemaphore] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func now() -> UInt64 { MachineClock.now() }

    package func wallClock() -> Int64 { MachineClock.wall() }

    package func random() -> UInt64 { .random(in: .min ... .max) }

    package func sleep(milliseconds: Int) async { block(milliseconds: milliseconds) }

    /// Ends the sleeps under way.
    package func hurry() {
        let sleepers = state.withLock { state in
            state.isStopping = true
            return Array(state.sleepers.values)
        }
        for sleeper in sleepers { sleeper.signal() }
    }

    /// On purpose not a suspension: the lane's thread has nothing else to do.
    private func block(milliseconds: Int) {
        let alarm = DispatchSemaphore(value: 0)
        let (number, bound) = state.withLock { state in
            state.next += 1
            state.sleepers[state.next] = alarm
            return (state.next, state.isStopping ? min(milliseconds, Self.longestAfterStop) : milliseconds)
        }
        _ = alarm.wait(timeout: .now() + .milliseconds(bound))
        _ = state.withLock { $0.sleepers.removeValue(forKey: number) }
    }
}
