/// One lane's (or one command's) connection to Redis: the only way in which the product writes to the cache.
///
/// Implemented by RedisLink with the scripts under `schemas/redis`, and by the simulator with a model of them. Calls
/// are made from one thread. After a `Fault` of the connection the next call connects again by itself; what was in
/// flight may or may not have happened.
package protocol CacheStore: AnyObject {
    /// Sends the request for a ticket; its round trip hides behind decoding. Asked again before the answer was taken,
    /// only the later one counts: whoever asks has learned of something since.
    func requestTicket() async throws(Fault)

    /// The ticket asked for last; nil where there is no control record (Redis lost its memory).
    func ticket() async throws(Fault) -> Ticket?

    /// Sends plain removals, whose answers nobody takes: whatever must hold comes by `apply`.
    func removeAhead(_ keys: ByteArena) async throws(Fault)

    /// Sends all calls at once, in order, and gives an answer for each. A `Fault` is thrown where the connection was
    /// lost or the deadline passed; errors of single calls are `.failed`.
    func apply(_ calls: [ApplyCall]) async throws(Fault) -> [ApplyReply]

    /// The same, and what there is to do while the answers aren't there yet; plain removals may be part of it.
    func apply(_ calls: [ApplyCall], meanwhile: Meanwhile?) async throws(Fault) -> [ApplyReply]

    /// One look at the control record.
    func look(_ partitions: [Partition]) async throws(Fault) -> ControlView

    /// Makes the control record with a new incarnation if there is none; answers the look either way. Its floor is its
    /// first ticket, so that whatever survived elsewhere can write nothing.
    func establish(incarnation: String, owner: String, history: History) async throws(Fault) -> ControlView

    func revise(_ revision: Revision) async throws(Fault) -> RevisionReply

    /// The notes of these names in the control record; absent where there is none.
    func notes(_ names: [String]) async throws(Fault) -> [String: String]

    /// One step of SCAN over the keys that match a glob pattern; the cursor 0 begins and ends.
    func scan(pattern: String, cursor: UInt64, count: Int) async throws(Fault) -> (cursor: UInt64, keys: [[UInt8]])

    /// The values as a reader sees them; nil where there is none. For `verify` and tests.
    func get(_ keys: [[UInt8]]) async throws(Fault) -> [[UInt8]?]

    /// Entries of an edge's memory, in the order asked; nil where there is none.
    func recall(_ edge: [UInt8], _ children: [[UInt8]]) async throws(Fault) -> [[UInt8]?]

    /// Pending entries due at `now` or earlier, oldest first.
    func pending(dueBefore now: Int64, limit: Int) async throws(Fault) -> [Pending]
}

extension CacheStore {
    package func apply(_ calls: [ApplyCall], meanwhile: Meanwhile?) async throws(Fault) -> [ApplyReply] {
        try await apply(calls)
    }
}
