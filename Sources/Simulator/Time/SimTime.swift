import FreshetCore

/// Virtual time and the one source of chance of a schedule.
///
/// Confined to the thread that plays the schedule: the executor runs all tasks on it, one at a time. That is what makes
/// `@unchecked Sendable` hold here and in the other parts of a world.
final class SimTime: @unchecked Sendable {
    /// Nanoseconds since the schedule began.
    private(set) var now: UInt64 = 0
    private var random: SplitMix
    private var queue = EventQueue<Wake>()
    private let executor: SimExecutor
    /// Jobs that the schedule may still run before it counts as stuck.
    private(set) var steps = 0

    struct Wake {
        var process: SimProcess?
        var resume: () -> Void
    }

    init(seed: UInt64, executor: SimExecutor) {
        random = SplitMix(seed: seed)
        self.executor = executor
    }

    func next() -> UInt64 { random.next() }

    /// Uniform in `0..<bound`.
    func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(random.next() % UInt64(bound)) }

    func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// Suspends the calling task for this long.
    func sleep(_ nanoseconds: UInt64, in process: SimProcess? = nil) async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            queue.push(Wake(process: process) { continuation.resume() }, at: now + nanoseconds)
        }
    }

    func schedule(after nanoseconds: UInt64, _ action: @escaping () -> Void) {
        queue.push(Wake(process: nil, resume: action), at: now + nanoseconds)
    }

    /// Plays until nothing is due, `isOver` says so, or the time is past `limit`; true if it ended by itself.
    func play(until limit: UInt64, isOver: () -> Bool) -> Bool {
        executor.drain()
        while let time = queue.nextTime, time <= limit, let next = queue.pop() {
            now = max(now, next.time)
            if let until = next.event.process?.stoppedUntil, until > now {
                // A stopped process runs none of its code; everything waits until it goes on.
                queue.push(next.event, at: until)
                continue
            }
            steps += 1
            next.event.resume()
            executor.drain()
            if isOver() { return true }
        }
        return queue.isEmpty
    }

    /// Nothing was due until then.
    func advance(to time: UInt64) { now = max(now, time) }

    /// Lets every task that still waits run to its end; time stands no longer for anything.
    func release() {
        while let next = queue.pop() {
            now = max(now, next.time)
            next.event.resume()
            executor.drain()
        }
    }
}
