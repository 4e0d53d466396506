import FreshetCore

/// Invalidates by pattern: floor first, then scan and unlink, so that nothing read before can be written behind it.
package struct Sweeper {
    private let cache: any CacheStore
    /// Keys that one step of SCAN looks at.
    private static let scanCount = 1_000

    /// Called with the keys of each step; it may sleep, to bound the rate.
    private let pace: (Int) async -> Void

    package init(_ cache: any CacheStore, pace: @escaping (Int) async -> Void = { _ in }) {
        self.cache = cache
        self.pace = pace
    }

    package enum Outcome: Sendable {
        case swept(keys: Int)
        case refused(Refusal)
    }

    /// The ticket becomes the floor: every lower one can write nothing any more.
    package func sweep(_ patterns: [[UInt8]], _ ticket: Ticket, _ history: History) async throws(Fault) -> Outcome {
        guard !patterns.isEmpty else { return .swept(keys: 0) }
        var revision = Revision(process: ticket.process, incarnation: ticket.incarnation)
        revision.floor = ticket.number
        switch try await cache.revise(revision) {
        case .refused(let refusal): return .refused(refusal)
        case .done, .markHeld: break
        }
        var keys = 0
        for pattern in patterns {
            var cursor: UInt64 = 0
            repeat {
                let page = try await cache.scan(
                    pattern: String(decoding: pattern, as: UTF8.self), cursor: cursor, count: Self.scanCount)
                cursor = page.cursor
                if let refusal = try await unlink(page.keys, ticket, history) { return .refused(refusal) }
                keys += page.keys.count
                await pace(page.keys.count)
            } while cursor != 0
        }
        return .swept(keys: keys)
    }

    private func unlink(_ keys: [[UInt8]], _ ticket: Ticket, _ history: History) async throws(Fault) -> Refusal? {
        guard !keys.isEmpty else { return nil }
        var call = ApplyCall(ticket: ticket, history: history, invalidateOnly: true)
        for key in keys { key.withUnsafeBytes { call.operations.unlink(key: $0) } }
        switch try await cache.apply([call])[0] {
        case .applied, .overlap: return nil
        case .refused(let refusal): return refusal
        case .failed(let fault): throw fault
        }
    }
}
