import FreshetCore

/// Invalidates by pattern, step by step: floor first, then scan and unlink, so that nothing read before can be written
/// behind it.
package struct Sweeper {
    package enum Step: Sendable {
        case more(keys: Int)
        case swept
        case refused(Refusal)
    }

    package enum Outcome: Sendable {
        case swept(keys: Int)
        case refused(Refusal)
    }

    /// Keys that one step of SCAN looks at, and that one script call unlinks.
    private static let scanCount = 1_000
    private static let keysPerCall = 512

    private let cache: any CacheStore
    private let patterns: [[UInt8]]
    private let ticket: Ticket
    private let history: History
    private let forgets: Bool
    private var isRaised = false
    private var pattern = 0
    private var cursor: UInt64 = 0
    package private(set) var keys = 0

    /// The ticket becomes the floor: every lower one can write nothing any more. With `forgets` the memory counts from
    /// it too: records were skipped or lost, and the memory doesn't know of them.
    package init(
        _ cache: any CacheStore, _ patterns: [[UInt8]], _ ticket: Ticket, _ history: History, forgets: Bool = false
    ) {
        self.cache = cache
        self.patterns = patterns
        self.ticket = ticket
        self.history = history
        self.forgets = forgets
    }

    /// All steps; `pace` is told the keys of each, and may sleep to bound the rate.
    package mutating func run(pace: (Int) async -> Void = { _ in }) async throws(Fault) -> Outcome {
        while true {
            switch try await step() {
            case .more(let keys): await pace(keys)
            case .swept: return .swept(keys: keys)
            case .refused(let refusal): return .refused(refusal)
            }
        }
    }

    package mutating func step() async throws(Fault) -> Step {
        if !isRaised { return try await raise() }
        guard pattern < patterns.count else { return .swept }
        let page = try await cache.scan(
            pattern: String(decoding: patterns[pattern], as: UTF8.self), cursor: cursor, count: Self.scanCount)
        // SCAN may name a key twice, and a call names each key once.
        let found = Set(page.keys).sorted { $0.lexicographicallyPrecedes($1) }
        if let refusal = try await unlink(found) { return .refused(refusal) }
        keys += found.count
        cursor = page.cursor
        if cursor == 0 { pattern += 1 }
        return .more(keys: found.count)
    }

    private mutating func raise() async throws(Fault) -> Step {
        isRaised = true
        if patterns.isEmpty && !forgets { return .swept }
        var revision = Revision(process: ticket.process, incarnation: ticket.incarnation)
        revision.floor = ticket.number
        if forgets { revision.memory = ticket.number }
        if case .refused(let refusal) = try await cache.revise(revision) { return .refused(refusal) }
        return .more(keys: 0)
    }

    private func unlink(_ keys: [[UInt8]]) async throws(Fault) -> Refusal? {
        guard !keys.isEmpty else { return nil }
        var calls: [ApplyCall] = []
        for start in stride(from: 0, to: keys.count, by: Self.keysPerCall) {
            var call = ApplyCall(ticket: ticket, history: history, invalidateOnly: true)
            for key in keys[start..<min(start + Self.keysPerCall, keys.count)] {
                key.withUnsafeBytes { call.operations.unlink(key: $0) }
            }
            calls.append(call)
        }
        for reply in try await cache.apply(calls) {
            switch reply {
            case .applied, .overlap: continue
            case .refused(let refusal): return refusal
            case .failed(let fault): throw fault
            }
        }
        return nil
    }
}
