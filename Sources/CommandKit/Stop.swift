import Synchronization

/// The wish to end in good order: the first signal, or a reader of the output that went away.
package final class Stop: Sendable {
    private struct State {
        var isRequested = false
        var callbacks: [@Sendable () -> Void] = []
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiting: UInt64 = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var isRequested: Bool { state.withLock { $0.isRequested } }

    /// Idempotent; callbacks run on the caller's thread.
    package func request() {
        let (callbacks, waiting) = state.withLock { state in
            state.isRequested = true
            defer {
                state.callbacks = []
                state.waiting = [:]
            }
            return (state.callbacks, Array(state.waiting.values))
        }
        for callback in callbacks { callback() }
        for continuation in waiting { continuation.resume() }
    }

    /// Calls back once; at once where the wish is already there.
    package func onRequest(_ callback: @escaping @Sendable () -> Void) {
        let already = state.withLock { state in
            if !state.isRequested { state.callbacks.append(callback) }
            return state.isRequested
        }
        if already { callback() }
    }

    /// Returns when the wish is there, or when the task is cancelled.
    package func wait() async {
        let number = state.withLock { state in
            state.nextWaiting += 1
            return state.nextWaiting
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goOn = state.withLock { state in
                    if state.isRequested || Task.isCancelled { return true }
                    state.waiting[number] = continuation
                    return false
                }
                if goOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
        }
    }

    /// Sleeps; true when the wish came, or was there, before the time was over.
    package func sleep(milliseconds: Int) async -> Bool {
        if isRequested { return true }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            // Cancelled sleep throws; there is nothing more to do then.
            group.addTask { try? await Task.sleep(for: .milliseconds(milliseconds)) }
            await group.next()
            group.cancelAll()
        }
        return isRequested
    }
}
