import CommandKit

/// Bounds a rate: after each step it waits until as much time has passed as the step's keys may take.
package final class Pace {
    private let perSecond: Int
    private let now: () -> UInt64
    private let sleep: (_ nanoseconds: UInt64) async -> Void
    private let started: UInt64
    private var keys: UInt64 = 0

    package init(
        perSecond: Int, now: @escaping () -> UInt64 = { MachineClock.now() },
        sleep: @escaping (UInt64) async -> Void = { try? await Task.sleep(for: .nanoseconds(Int64($0))) }
    ) {
        self.perSecond = max(1, perSecond)
        self.now = now
        self.sleep = sleep
        started = now()
    }

    package func took(_ count: Int) async {
        keys += UInt64(count)
        let due = started + keys * 1_000_000_000 / UInt64(perSecond)
        let time = now()
        if due > time { await sleep(due - time) }
    }
}
