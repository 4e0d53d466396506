import FreshetCore
import Simulator
import Testing

/// A committed offset that someone else moved is told from our own.
struct MovedOffsetTests {
    private func claims(_ faults: Set<SimFault>, seeds: ClosedRange<UInt64>) -> (claims: Int, violations: [String]) {
        var (claims, violations): (Int, [String]) = (0, [])
        for seed in seeds {
            var plan = SchedulePlan(seed: seed, faults: faults, traces: true)
            // Between two faults workers have the time to come back and to commit.
            if faults.count == 1 { (plan.calm, plan.pause) = (1_500, 150) }
            let result = Schedule.play(plan)
            violations += result.violations.map { "seed \(seed): \($0)" }
            claims +=
                result.trace.filter {
                    $0.contains("decided") && $0.contains("RecoveryClass.moved") && $0.contains("isOrdered: false")
                }.count
        }
        return (claims, violations)
    }

    @Test func aMoveIsNoticed() {
        let found = claims([.offsetsMoved], seeds: 1...40)
        #expect(found.violations == [])
        #expect(found.claims > 10)
    }

    /// Nothing stale comes of it, and no order is left lying about: `Schedule` looks for both.
    @Test func ordersArePerformed() {
        let (orders, done) = (1...40).reduce(into: (0, 0)) { sum, seed in
            let faults: Set<SimFault> = [.offsetsReset, .crash, .rebalance]
            let result = Schedule.play(SchedulePlan(seed: UInt64(seed), faults: faults, traces: true))
            #expect(result.violations == [], "seed \(seed)")
            sum.0 += result.trace.filter { $0.contains(" is ordered to ") }.count
            sum.1 += result.trace.filter { $0.contains("decided") && $0.contains("isOrdered: true") }.count
        }
        #expect(orders > 30)
        #expect(done > 20)
    }

    /// Crashes come between a commit and its note, members are taken for dead, and Redis goes back in time.
    @Test func noneIsMadeUp() {
        let others = Set(SimFault.allCases).subtracting([.offsetsMoved])
        let found = claims(others, seeds: 1...60)
        #expect(found.violations == [])
        #expect(found.claims == 0)
    }
}
