import FreshetCore
import Simulator
import Testing

/// With all defences nothing is ever broken. `freshet simulate` plays the same in a release build by the million.
struct RaceTests {
    /// Per race; bounded so that a debug build plays all of them in a few seconds.
    private static let schedules: UInt64 = 12

    @Test(arguments: Race.all)
    func nothingIsBroken(_ race: Race) {
        let broken = race.firstBroken(1_000..<1_000 + Self.schedules)
        #expect(broken == nil, "seed \(broken?.seed ?? 0): \(broken?.violations.joined(separator: "; ") ?? "")")
    }
}
