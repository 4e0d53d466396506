import FreshetCore
import Simulator
import Testing

struct DeterminismTests {
    /// Without it a failing seed would be worth nothing.
    @Test(arguments: [UInt64(1), 77, 4_711])
    func theSameSeedPlaysExactlyTheSame(_ seed: UInt64) {
        let plan = SchedulePlan(seed: seed, traces: true)
        let first = Schedule.play(plan)
        let second = Schedule.play(plan)
        #expect(Self.comparable(first.trace) == Self.comparable(second.trace))
        #expect(first.steps == second.steps && first.virtualMilliseconds == second.virtualMilliseconds)
        #expect(first.trace.count > 50)
    }

    /// Sets and dictionaries print their elements in any order.
    private static func comparable(_ trace: [String]) -> [[UInt8]] { trace.map { $0.utf8.sorted() } }

    @Test func anotherSeedPlaysOtherwise() {
        let traces = [UInt64(1), 2].map { Schedule.play(SchedulePlan(seed: $0, traces: true)).trace }
        #expect(traces[0] != traces[1])
    }

    /// A trace may not change what is played.
    @Test func playedWithAndWithoutTraceIsTheSame() {
        let traced = Schedule.play(SchedulePlan(seed: 9, traces: true))
        let plain = Schedule.play(SchedulePlan(seed: 9))
        #expect(traced.steps == plain.steps && plain.trace.isEmpty)
    }
}
