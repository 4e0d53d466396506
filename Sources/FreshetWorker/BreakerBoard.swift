import FreshetCore
import Synchronization

/// The breakers of one process, one per dependency, shared by its lanes and the coordinator.
package final class BreakerBoard: Sendable {
    /// A call that was let through: it must be ended.
    package struct Pass: Sendable {
        fileprivate var rounds: [(dependency: Dependency, round: Int)]
    }

    /// Three, asked in every turn of every lane: no table to look them up in.
    private struct Board {
        var redis, postgres, kafka: Breaker

        init(_ settings: Breaker.Settings) {
            (redis, postgres, kafka) = (Breaker(settings), Breaker(settings), Breaker(settings))
        }

        subscript(dependency: Dependency) -> Breaker {
            get {
                switch dependency {
                case .redis: redis
                case .postgres: postgres
                case .kafka: kafka
                }
            }
            set {
                switch dependency {
                case .redis: redis = newValue
                case .postgres: postgres = newValue
                case .kafka: kafka = newValue
                }
            }
        }
    }

    private let breakers: Mutex<Board>
    private let listener: any WorkerListener

    package init(_ settings: Breaker.Settings, _ listener: any WorkerListener) {
        self.listener = listener
        breakers = Mutex(Board(settings))
    }

    /// A pass through all of these, or how many milliseconds to wait.
    package func ask(_ dependencies: [Dependency], now: UInt64) -> Result<Pass, Wait> {
        change { breakers in
            var rounds: [(dependency: Dependency, round: Int)] = []
            for dependency in dependencies {
                guard case .wait(let wait) = breakers[dependency].ask(now: now) else {
                    rounds.append((dependency, breakers[dependency].round))
                    continue
                }
                for (before, round) in rounds { breakers[before].gaveUp(in: round) }
                return .failure(Wait(dependency: dependency, milliseconds: wait))
            }
            return .success(Pass(rounds: rounds))
        }
    }

    /// How many milliseconds to wait before anything is taken up that will need them; 0 where none of them is open.
    package func wait(now: UInt64) -> Int {
        breakers.withLock { breakers in
            max(breakers.redis.wait(now: now), breakers.postgres.wait(now: now), breakers.kafka.wait(now: now))
        }
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
                    breakers[dependency].succeeded(in: round)
                } else if dependency == failed {
                    breakers[dependency].failed(in: round, now: now)
                } else {
                    breakers[dependency].gaveUp(in: round)
                }
            }
        }
    }

    package func take(_ orders: [Dependency: Breaker.Order]) {
        change { breakers in
            for dependency in Dependency.allCases { breakers[dependency].take(orders[dependency] ?? .auto) }
        }
    }

    package func isOpen(_ dependency: Dependency) -> Bool { breakers.withLock { $0[dependency].effective == .open } }

    /// Tells of what differs afterwards.
    private func change<R: Sendable>(_ body: (inout Board) -> R) -> R {
        let (result, before, after) = breakers.withLock { breakers in
            let before = breakers
            let result = body(&breakers)
            return (result, before, breakers)
        }
        for dependency in Dependency.allCases where before[dependency].effective != after[dependency].effective {
            let breaker = after[dependency]
            listener.heard(.breaker(dependency, breaker.effective, isOrdered: breaker.order != .auto))
        }
        return result
    }
}
