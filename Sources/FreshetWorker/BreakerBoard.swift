import FreshetCore
import Synchronization

/// The breakers of one process, one per dependency, shared by its lanes and the coordinator.
package final class BreakerBoard: Sendable {
    /// A call that was let through: it must be ended.
    package struct Pass: Sendable {
        fileprivate var rounds: [Dependency: Int]
    }

    private let breakers: Mutex<[Dependency: Breaker]>
    private let listener: any WorkerListener

    package init(_ settings: Breaker.Settings, _ listener: any WorkerListener) {
        self.listener = listener
        breakers = Mutex(Dictionary(uniqueKeysWithValues: Dependency.allCases.map { ($0, Breaker(settings)) }))
    }

    /// A pass through all of these, or how many milliseconds to wait.
    package func ask(_ dependencies: [Dependency], now: UInt64) -> Result<Pass, Wait> {
        change { breakers in
            var rounds: [Dependency: Int] = [:]
            for dependency in dependencies {
                guard case .wait(let wait)? = breakers[dependency]?.ask(now: now) else {
                    rounds[dependency] = breakers[dependency]?.round
                    continue
                }
                for (before, round) in rounds { breakers[before]?.gaveUp(in: round) }
                return .failure(Wait(dependency: dependency, milliseconds: wait))
            }
            return .success(Pass(rounds: rounds))
        }
    }

    /// How many milliseconds to wait before anything is taken up that will need them; 0 where none of them is open.
    package func wait(now: UInt64) -> Int {
        breakers.withLock { breakers in breakers.values.map { $0.wait(now: now) }.max() ?? 0 }
    }

    package struct Wait: Error {
        package var dependency: Dependency
        package var milliseconds: Int
    }

    /// What was called has ended. Where one of them failed, the others say nothing; otherwise those that `answered`
    /// have done well.
    package func end(_ pass: Pass, _ fault: Fault?, answered: Set<Dependency>, now: UInt64) {
        change { breakers in
            let failed = fault.flatMap { Disposition.of($0) == .pause ? $0.dependency : nil }
            for (dependency, round) in pass.rounds {
                if fault == nil && answered.contains(dependency) {
                    breakers[dependency]?.succeeded(in: round)
                } else if dependency == failed {
                    breakers[dependency]?.failed(in: round, now: now)
                } else {
                    breakers[dependency]?.gaveUp(in: round)
                }
            }
        }
    }

    package func take(_ orders: [Dependency: Breaker.Order]) {
        change { breakers in
            for dependency in Dependency.allCases { breakers[dependency]?.take(orders[dependency] ?? .auto) }
        }
    }

    package var states: [Dependency: Breaker.State] { breakers.withLock { $0.mapValues(\.effective) } }

    /// Tells of what differs afterwards.
    private func change<R: Sendable>(_ body: (inout [Dependency: Breaker]) -> R) -> R {
        let (result, changes) = breakers.withLock { breakers in
            let before = breakers.mapValues(\.effective)
            let result = body(&breakers)
            return (result, Dependency.allCases.filter { before[$0] != breakers[$0]?.effective })
        }
        for dependency in changes {
            guard let breaker = breakers.withLock({ $0[dependency] }) else { continue }
            listener.heard(.breaker(dependency, breaker.effective, isOrdered: breaker.order != .auto))
        }
        return result
    }
}
