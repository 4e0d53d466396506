import Dispatch
import FreshetCore
import Synchronization

/// One stream whose pages several threads take, each page by one of them. It is closed when the last one has closed it.
///
/// `@unchecked`: the stream is touched only between `wait` and `signal` of `turn`, so by one thread at a time.
package final class SharedRows: RowStream, @unchecked Sendable {
    private let rows: any RowStream
    /// A semaphore and no mutex: it is held while the stream waits for PostgreSQL, which blocks its caller's own
    /// thread.
    private let turn = DispatchSemaphore(value: 1)
    private var users: Int
    private var isOver = false

    package init(_ rows: any RowStream, users: Int) {
        self.rows = rows
        self.users = users
    }

    package func next() async throws(Fault) -> Rows? {
        take()
        defer { turn.signal() }
        guard !isOver else { return nil }
        do throws(Fault) {
            let page = try await rows.next()
            isOver = page == nil
            return page
        } catch {
            // The others end too; who got the fault says why.
            isOver = true
            throw error
        }
    }

    package func history() async throws(Fault) -> History {
        take()
        defer { turn.signal() }
        return try await rows.history()
    }

    package func close() {
        take()
        users -= 1
        if users == 0 { rows.close() }
        turn.signal()
    }

    /// Waiting on purpose: see `turn`.
    private func take() { turn.wait() }
}
