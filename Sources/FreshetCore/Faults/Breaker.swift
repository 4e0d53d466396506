/// Keeps calls away from a dependency that fails: closed → open → half-open → closed. A value; the clock comes in.
///
/// Only failures of the dependency count (`Disposition.pause`): an event that is rejected says nothing about it.
package struct Breaker: Sendable {
    package struct Settings: Hashable, Sendable {
        /// Failures within `period` that open it.
        package var threshold: Int
        /// Milliseconds.
        package var period: Int
        /// Milliseconds until it is tried again.
        package var recovery: Int
        /// Calls that may be under way while it is being tried.
        package var trials: Int

        package init(threshold: Int = 5, period: Int = 10_000, recovery: Int = 5_000, trials: Int = 1) {
            self.threshold = threshold
            self.period = period
            self.recovery = recovery
            self.trials = trials
        }
    }

    package enum State: String, Hashable, Sendable, CaseIterable {
        case closed
        case halfOpen = "half-open"
        case open
    }

    /// What a person said; it holds until they say otherwise.
    package enum Order: String, Hashable, Sendable, CaseIterable {
        case auto
        case open
        case closed
    }

    /// Whether a call may be made now.
    package enum Answer: Hashable, Sendable {
        case go
        /// Ask again after so many milliseconds.
        case wait(Int)
    }

    package private(set) var state = State.closed
    package private(set) var order = Order.auto
    private let settings: Settings
    /// When the failures happened that still count, oldest first; at most `threshold`.
    private var failures: [UInt64] = []
    private var openUntil: UInt64 = 0
    private var trying = 0
    /// Calls that began before the state changed last say nothing about the new one.
    package private(set) var round = 0

    package init(_ settings: Settings) { self.settings = settings }

    /// `now` in nanoseconds.
    package mutating func ask(now: UInt64) -> Answer {
        switch order {
        case .open: return .wait(1_000)
        case .closed: return .go
        case .auto: break
        }
        if state == .open {
            if now < openUntil { return .wait(Int((openUntil - now) / 1_000_000) + 1) }
            enter(.halfOpen)
        }
        guard state == .halfOpen else { return .go }
        if trying >= settings.trials { return .wait(min(settings.recovery, 100)) }
        trying += 1
        return .go
    }

    /// Milliseconds for which it surely lets nothing through; asking this is no call.
    package func wait(now: UInt64) -> Int {
        switch order {
        case .open: 1_000
        case .closed: 0
        case .auto: state == .open && now < openUntil ? Int((openUntil - now) / 1_000_000) + 1 : 0
        }
    }

    /// A call that was let through in `round` has ended well.
    package mutating func succeeded(in round: Int) {
        guard round == self.round else { return }
        failures.removeAll(keepingCapacity: true)
        if state == .halfOpen { enter(.closed) }
    }

    /// The dependency failed it.
    package mutating func failed(in round: Int, now: UInt64) {
        guard round == self.round else { return }
        switch state {
        case .open: return
        case .halfOpen: open(now)
        case .closed:
            failures.append(now)
            // Of two threads that looked at the clock, the later one may have come first.
            failures.removeAll { now > $0 && now - $0 > UInt64(settings.period) * 1_000_000 }
            if failures.count >= settings.threshold { open(now) }
        }
    }

    /// It ended for a reason that says nothing about the dependency.
    package mutating func gaveUp(in round: Int) {
        if round == self.round && state == .halfOpen { trying -= 1 }
    }

    package mutating func take(_ order: Order) {
        guard order != self.order else { return }
        self.order = order
        // Whoever closes it, or leaves it to itself again, begins with a clean slate.
        if order != .open { enter(.closed) }
    }

    /// As seen from outside.
    package var effective: State {
        switch order {
        case .auto: state
        case .open: .open
        case .closed: .closed
        }
    }

    private mutating func open(_ now: UInt64) {
        openUntil = now + UInt64(settings.recovery) * 1_000_000
        enter(.open)
    }

    private mutating func enter(_ next: State) {
        state = next
        round += 1
        trying = 0
        failures.removeAll(keepingCapacity: true)
    }
}
