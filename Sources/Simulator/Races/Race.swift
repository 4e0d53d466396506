import FreshetCore

/// One race of the architecture's list: what brings it about often, and the defence that closes it.
package struct Race: Sendable, CustomStringConvertible {
    package var name: String
    /// What keeps the promise in this race; nil where it takes more than one defence to break it.
    package var defence: Defences?
    package var faults: Set<SimFault>
    private let narrow: @Sendable (inout SchedulePlan) -> Void

    init(
        _ name: String, _ defence: Defences?, faults: Set<SimFault> = [],
        narrow: @escaping @Sendable (inout SchedulePlan) -> Void
    ) {
        self.name = name
        self.defence = defence
        self.faults = faults
        self.narrow = narrow
    }

    package var description: String { name }

    package var defenceName: String? {
        defence.flatMap { defence in Defences.named.first { $0.defence == defence }?.name }
    }

    /// A schedule of this race. Everything that it is not about is out of the way.
    package func plan(_ seed: UInt64, isDefended: Bool = true, traces: Bool = false) -> SchedulePlan {
        let defences = isDefended ? Defences.all : Defences.all.subtracting(defence ?? [])
        var plan = SchedulePlan(seed: seed, faults: faults, defences: defences, traces: traces)
        plan.faults = faults
        plan.ambushes = []
        plan.warms = 0
        plan.verifies = 0
        plan.replays = 0
        plan.upkeeps = 0
        (plan.strategies, plan.lagBound) = ([:], nil)
        plan.readers = 0
        plan.removalsFrom = .max
        plan.touches = 1_000
        plan.isScattered = false
        plan.isCapture = false
        plan.hasGates = false
        plan.sweepsMatches = false
        plan.hasImages = true
        plan.refreshesTables = true
        (plan.onlyRemoves, plan.removesAhead, plan.forgets) = (false, false, false)
        narrow(&plan)
        return plan
    }

    /// Plays this race without its defence until a promise is broken, and then those schedules with it.
    ///
    /// `bound` schedules at most without the defence; at least `least` with it.
    package func trial(seed: UInt64, bound: Int, least: Int, goesOn: () -> Bool = { true }) -> Trial {
        var trial = Trial(race: self)
        if defence != nil {
            for number in 0..<bound where goesOn() {
                let result = Schedule.play(plan(seed &+ UInt64(number), isDefended: false))
                trial.undefended += 1
                if !result.violations.isEmpty {
                    trial.broken = result
                    break
                }
            }
        }
        let again = max(trial.broken == nil ? 0 : trial.undefended, least)
        for number in 0..<again where goesOn() {
            let result = Schedule.play(plan(seed &+ UInt64(number)))
            trial.defended += 1
            if !result.violations.isEmpty {
                trial.failure = result
                break
            }
        }
        return trial
    }

    package struct Trial: Sendable {
        package var race: Race
        /// Schedules played without the defence, and with it.
        package var undefended = 0
        package var defended = 0
        /// What broke without the defence.
        package var broken: ScheduleResult?
        /// What broke with it.
        package var failure: ScheduleResult?

        package var isFine: Bool { failure == nil && (race.defence == nil || broken != nil) }
    }
}
