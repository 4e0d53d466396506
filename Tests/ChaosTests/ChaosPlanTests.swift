import Testing

@testable import Chaos

@Suite struct ChaosPlanTests {
    private func faults(_ seed: UInt64, _ count: Int) -> [ChaosFault] {
        var plan = ChaosPlan(ChaosFault.allCases, seed: seed)
        var found: [ChaosFault] = []
        while found.count < count { found += plan.next(atMost: count - found.count).faults }
        return found
    }

    @Test func theSameSeedGivesTheSameSeries() {
        #expect(faults(7, 100) == faults(7, 100))
        #expect(faults(7, 100) != faults(8, 100))
    }

    @Test func everyFaultComesEquallyOften() {
        let rounds = 10
        let found = faults(3, ChaosFault.allCases.count * rounds)
        let times = Dictionary(grouping: found) { $0 }.mapValues(\.count)
        for fault in ChaosFault.allCases { #expect(abs(times[fault, default: 0] - rounds) <= 1, "\(fault)") }
    }

    @Test func twoAtATimeBreakDifferentParts() {
        var plan = ChaosPlan(ChaosFault.allCases, seed: 11)
        let pairs = (0..<200).map { _ in plan.next(atMost: 2).faults }.filter { $0.count == 2 }
        #expect(pairs.count > 20)
        #expect(pairs.allSatisfy { $0[0].part != $0[1].part })
    }
}
