import FreshetCore

/// The mark in the control record by which one worker at a time looks after the kinds.
final class UpkeepLease {
    static let mark = "upkeep"

    private let cache: any CacheStore
    private let surroundings: any Surroundings
    private let holder: String
    private let milliseconds: Int64
    private var renewal: UInt64 = 0
    private(set) var isHeld = false

    init(_ cache: any CacheStore, _ surroundings: any Surroundings, milliseconds: Int64) {
        self.cache = cache
        self.surroundings = surroundings
        self.milliseconds = milliseconds
        holder = String(surroundings.random(), radix: 16)
    }

    /// False while another worker has it.
    func take() async throws(Fault) -> Bool {
        let now = surroundings.now()
        let view = try await cache.look([])
        guard let record = view.record else { return false }
        var revision = Revision(process: view.process, incarnation: record.incarnation)
        revision.takeMark = Revision.TakeMark(
            name: Self.mark, holder: holder, leaseMilliseconds: milliseconds, body: [])
        isHeld = try await cache.revise(revision) == .done
        renewal = now + UInt64(milliseconds) * 1_000_000 / 3
        return isHeld
    }

    /// Before each step of something long.
    func keep() async throws(Fault) {
        guard surroundings.now() >= renewal else { return }
        guard try await take() else { throw Self.overtaken }
    }

    func release() async {
        guard isHeld else { return }
        isHeld = false
        guard let view = try? await cache.look([]), let record = view.record else { return }
        var revision = Revision(process: view.process, incarnation: record.incarnation)
        revision.releaseMark = Revision.ReleaseMark(name: Self.mark, holder: holder)
        _ = try? await cache.revise(revision)
    }

    private static let overtaken = Fault(
        .redis, .redis("OVERTAKEN"), "another worker has taken upkeep over, or Redis lost its memory meanwhile")
}
