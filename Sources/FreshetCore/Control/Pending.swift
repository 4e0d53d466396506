/// An effect that is owed: a gate's repeat, a second sweep, a key to be read again.
///
/// Written down in the control record by the call that makes it due and removed by the call that performs it, so that
/// a crash or failover loses neither it nor the fact that it is owed.
package struct Pending: Hashable, Sendable {
    /// Names it in the control record; the same id written twice is one entry.
    package var id: String
    /// When it is due, in milliseconds since 1970 by the worker's clock.
    package var due: Int64
    /// What to do, in the worker's own words (see `FreshetWorker`); opaque to the store.
    package var body: [UInt8]

    package init(id: String, due: Int64, body: [UInt8]) {
        self.id = id
        self.due = due
        self.body = body
    }
}
