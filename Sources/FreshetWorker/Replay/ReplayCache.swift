import FreshetCore

/// A lane's way to Redis without a checkpoint: what it writes is fenced like everything else, and what the live group
/// has applied is none of its business. Holds the writes to a rate; of a dry run it only counts them.
final class ReplayCache: CacheRelay {
    let cache: any CacheStore
    private let surroundings: any Surroundings
    private let isDry: Bool
    private var pace: Pace
    /// Hashes of the keys that a dry run would touch.
    private(set) var keys: Set<UInt64> = []
    /// Told how many keys each exchange touched.
    var heard: (Int) -> Void = { _ in }

    init(_ cache: any CacheStore, _ surroundings: any Surroundings, rate: Int, isDry: Bool) {
        self.cache = cache
        self.surroundings = surroundings
        self.isDry = isDry
        pace = Pace(rate: rate)
    }

    func requestTicket() async throws(Fault) {
        if !isDry { try await cache.requestTicket() }
    }

    func ticket() async throws(Fault) -> Ticket? {
        if !isDry { return try await cache.ticket() }
        let view = try await cache.look([])
        return view.record.map { record in
            Ticket(
                number: record.ticket, process: view.process, incarnation: record.incarnation,
                history: record.history)
        }
    }

    /// Nobody waits for what a replay removes, and its rate counts what `apply` is given.
    func removeAhead(_ keys: ByteArena) async throws(Fault) {}

    func apply(_ calls: [ApplyCall]) async throws(Fault) -> [ApplyReply] {
        if isDry {
            for call in calls { count(call) }
            heard(calls.reduce(0) { $0 + $1.keyCount })
            return calls.map { _ in .applied(refused: []) }
        }
        let count = calls.reduce(0) { $0 + $1.keyCount }
        let rest = pace.rest(before: count, now: surroundings.now())
        if rest > 0 { await surroundings.sleep(milliseconds: rest) }
        let replies = try await cache.apply(
            calls.map { call in
                var call = call
                (call.link, call.moves) = (nil, [])
                return call
            })
        heard(count)
        return replies
    }

    private func count(_ call: ApplyCall) {
        let operations = call.operations
        for index in 0..<operations.count where operations.timesToLive[index] != KeyOperations.memory {
            operations.keys.with(index) { count($0) }
        }
        for index in 0..<call.removals.count { call.removals.with(index) { count($0) } }
    }

    private func count(_ key: UnsafeRawBufferPointer) {
        var hash = StableHash()
        hash.add(key)
        keys.insert(hash.value)
    }

    func establish(incarnation: String, owner: String, history: History) async throws(Fault) -> ControlView {
        try await cache.look([])
    }

    func revise(_ revision: Revision) async throws(Fault) -> RevisionReply {
        isDry ? .done : try await cache.revise(revision)
    }

    func pending(dueBefore now: Int64, limit: Int) async throws(Fault) -> [Pending] { [] }
}
