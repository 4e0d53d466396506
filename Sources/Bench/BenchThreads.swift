import CommandKit
import Glibc
import Synchronization
import Wiring

/// Threads that do the same at the same time, as lanes do.
enum BenchThreads {
    private struct State {
        var ready = 0
        var isOpen = false
        var units: [Int] = []
        var failure: (any Error)?
    }

    private final class Line: Sendable {
        let state = Mutex(State())

        /// Until all are ready.
        func wait() {
            state.withLock { $0.ready += 1 }
            while !state.withLock({ $0.isOpen }) { usleep(50) }
        }
    }

    /// `body` prepares itself, calls its second argument, and then does what is measured: the result counts units.
    static func run(
        _ count: Int, _ servers: BenchServers,
        _ body: @escaping @Sendable (_ thread: Int, _ ready: @Sendable () -> Void) async throws -> Int
    ) throws -> Lap {
        let line = Line()
        for thread in 0..<count {
            LaneThread.start("limit-\(thread)") {
                do {
                    let units = try await body(thread) { line.wait() }
                    line.state.withLock { $0.units.append(units) }
                } catch {
                    line.state.withLock { state in
                        state.failure = error
                        // The others wait for it no longer.
                        (state.isOpen, state.ready) = (true, count)
                        state.units.append(0)
                    }
                }
            }
        }
        while line.state.withLock({ $0.ready < count }) { usleep(100) }
        let watch = Stopwatch(servers)
        line.state.withLock { $0.isOpen = true }
        while line.state.withLock({ $0.units.count < count }) { usleep(200) }
        let lap = watch.lap(line.state.withLock { $0.units.reduce(0, +) })
        if let failure = line.state.withLock({ $0.failure }) { throw failure }
        return lap
    }
}
