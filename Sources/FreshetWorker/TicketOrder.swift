import Synchronization

/// Which tickets the lanes of a process are working under.
///
/// A large batch touches most fences, so whichever of two applies with the older ticket *last* has its writes refused
/// and must read them again. Lanes that let the older ticket go first are refused nothing; the fences stay what makes
/// it right, and nobody waits for longer than a bound.
package final class TicketOrder: Sendable {
    private let tickets = Mutex<[Int: Int64]>([:])
    private let written = Mutex(false)

    package init() {}

    /// A batch that reads documents: from now on there is something that a fence may refuse.
    package func noteWrite() { written.withLock { $0 = true } }

    /// Whether any lane has ever written: where nothing is, nobody waits for anybody.
    package var hasWrites: Bool { written.withLock { $0 } }

    package func enter(_ lane: Int, _ ticket: Int64) { tickets.withLock { $0[lane] = ticket } }

    package func leave(_ lane: Int) { tickets.withLock { $0[lane] = nil } }

    /// No other lane works under an older ticket than this one.
    package func isFirst(_ lane: Int) -> Bool {
        tickets.withLock { tickets in
            guard let mine = tickets[lane] else { return true }
            return !tickets.contains { $0.value < mine }
        }
    }
}
