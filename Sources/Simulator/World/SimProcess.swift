/// A worker process of the schedule: it can be killed at any instant and stopped for any time.
///
/// Confined to the playing thread, see `SimTime`.
final class SimProcess: @unchecked Sendable {
    let number: Int
    private(set) var isAlive = true
    /// SIGSTOP until then.
    var stoppedUntil: UInt64 = 0
    /// How many times slower than normal each of its lanes is: lanes of very different speed show what equal ones hide.
    var slowness: [Int]
    /// Which graph it follows.
    let generation: Int

    init(number: Int, slowness: [Int], generation: Int) {
        self.number = number
        self.generation = generation
        self.slowness = slowness
    }

    func kill() { isAlive = false }
}
