import FreshetCore

/// The seeded series: every fault equally often, in an order of the seed's, some of them two at a time.
struct ChaosPlan: Sendable {
    struct Step: Sendable {
        /// One, or two that break different parts.
        var faults: [ChaosFault]
        /// How long the first of them lasts, where that is free; milliseconds.
        var lasts: Int
        /// Milliseconds of traffic before the step.
        var calm: Int
    }

    private let faults: [ChaosFault]
    private var bag: [ChaosFault] = []
    private var random: SplitMix

    init(_ faults: [ChaosFault], seed: UInt64) {
        self.faults = faults
        random = SplitMix(seed: seed)
    }

    /// Asks for at most `limit` faults.
    mutating func next(atMost limit: Int) -> Step {
        var chosen = [draw()]
        if limit > 1, Int.random(in: 0..<4, using: &random) == 0 {
            let second = draw()
            if second.part == chosen[0].part { bag.append(second) } else { chosen.append(second) }
        }
        return Step(
            faults: chosen, lasts: Int.random(in: 100...2_500, using: &random),
            calm: Int.random(in: 100...600, using: &random))
    }

    private mutating func draw() -> ChaosFault {
        if bag.isEmpty { bag = faults.shuffled(using: &random) }
        return bag.removeLast()
    }
}
