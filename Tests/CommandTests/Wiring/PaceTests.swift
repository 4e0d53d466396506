import Testing

@testable import Wiring
@testable import freshet

@Suite struct PaceTests {
    @Test func aStepTakesAsLongAsItsKeysMay() async {
        var time: UInt64 = 5_000_000_000
        var slept: [UInt64] = []
        let pace = Pace(
            perSecond: 1_000, now: { time },
            sleep: {
                slept.append($0)
                time += $0
            })
        await pace.took(500)
        time += 200_000_000
        await pace.took(500)
        time += 2_000_000_000
        await pace.took(100)
        #expect(slept == [500_000_000, 300_000_000])
    }
}
