import Dispatch
import Foundation
import Synchronization

/// A thread of its own for one task: what the seams block, they block for that task alone.
///
/// `Task(executorPreference:)` keeps every async function of the task here that belongs to no actor, and lanes use
/// none.
package final class LaneThread: TaskExecutor {
    /// Bytes. Foundation's default of 512 KiB is little for cascades that are walked in a debug build.
    private static let stackSize = 4 << 20

    private struct State {
        var jobs: [UnownedJob] = []
        var isOver = false
    }

    private let state = Mutex(State())
    private let arrived = DispatchSemaphore(value: 0)

    private init() {}

    /// Runs `body` to its end on a new thread, whose name debuggers and `top -H` show.
    package static func start(_ name: String, _ body: @escaping @Sendable () async -> Void) {
        let executor = LaneThread()
        let thread = Thread {
            // From inside: set before the start, Linux' Foundation doesn't hand it to the system.
            Thread.current.name = name
            executor.serve()
        }
        thread.stackSize = stackSize
        thread.start()
        Task(executorPreference: executor) {
            await body()
            executor.finish()
        }
    }

    /// The same for a caller that waits for the result.
    package static func run<R: Sendable>(_ name: String, _ body: @escaping @Sendable () async throws -> R) async throws
        -> R
    {
        try await withCheckedThrowingContinuation { continuation in
            start(name) {
                do { continuation.resume(returning: try await body()) } catch { continuation.resume(throwing: error) }
            }
        }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        arrived.signal()
    }

    private func finish() {
        state.withLock { $0.isOver = true }
        arrived.signal()
    }

    private func serve() {
        while true {
            arrived.wait()
            let (jobs, isOver) = state.withLock { state in
                defer { state.jobs.removeAll(keepingCapacity: true) }
                return (state.jobs, state.isOver)
            }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            if isOver && jobs.isEmpty { return }
        }
    }
}
