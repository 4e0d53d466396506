import FreshetCore
import Simulator
import Testing

/// Each race of the architecture's list, with the defence that closes it on and off: off, some schedule breaks a
/// promise; on, the same schedules break none. `freshet simulate --defences` plays the same in a release build, and
/// more of it.
struct RaceTests {
    /// Schedules without the defence before the search gives up: ten times what the rarest takes, others much less.
    private static let bound = 4_000
    /// Schedules with all defences, at least.
    private static let least = 6

    @Test(arguments: Race.all)
    func isClosedByItsDefence(_ race: Race) {
        let trial = race.trial(seed: 1, bound: Self.bound, least: Self.least)
        #expect(
            trial.failure == nil,
            "seed \(trial.failure?.seed ?? 0) with all defences: \(trial.failure?.violations ?? [])")
        guard let name = race.defenceName else { return }
        #expect(trial.broken != nil, "\(trial.undefended) schedules without '\(name)' broke nothing")
    }

    /// A defence that no race needs would be no defence.
    @Test func everyDefenceHasARace() {
        let closed = Set(Race.all.compactMap(\.defenceName))
        #expect(closed == Set(Defences.named.map(\.name)))
    }

    @Test func racesHaveNamesOfTheirOwn() {
        #expect(Set(Race.all.map(\.name)).count == Race.all.count)
    }
}
