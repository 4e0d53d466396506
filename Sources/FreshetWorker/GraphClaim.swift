import FreshetCore

/// Which graph works with a cache: one at a time, because a worker that follows another graph neither reaches what this
/// one's edges reach nor writes what its SQL says.
///
/// A graph that the control record has never seen takes over at once, and every ticket that was handed out before can
/// write nothing any more. One that worked here before (a straggler of a rolling deploy, or a downgrade) waits until no
/// worker of the present graph is alive. Workers whose turn it isn't leave the group, so that the others get all
/// partitions.
package struct GraphClaim: Sendable {
    package enum Answer: Hashable, Sendable {
        /// `isNew`: it became ours by this question. `isSettled`: nothing that another graph left needs to be removed.
        case ours(isNew: Bool, isSettled: Bool)
        case theirs(String)
        /// There is no control record, or it changed while it was asked.
        case none
    }

    /// Milliseconds without a sign of life after which a graph has no worker any more.
    package static let lease: Int64 = 10_000
    /// Milliseconds between a worker's signs of life.
    package static let renewal = 2_500
    /// Former graphs that are remembered.
    private static let formers = 16
    /// How often it is asked again at once where the record changed in between.
    private static let attempts = 4

    package let prints: GraphPrints

    private let defences: Defences

    package init(_ graph: Graph, defences: Defences = .all) {
        prints = GraphPrints(graph)
        self.defences = defences
    }

    /// Asks, and is a sign of life where it is ours.
    package func ask(_ cache: any CacheStore) async throws(Fault) -> Answer {
        for _ in 0..<Self.attempts {
            if let answer = try await askOnce(cache) { return answer }
        }
        return .none
    }

    /// Nil where the record changed between look and revision. What is written down is made of what was looked at: of
    /// a graph that took over in between neither name nor patterns would be left, and its keys would stay for ever.
    private func askOnce(_ cache: any CacheStore) async throws(Fault) -> Answer? {
        let view = try await cache.look([])
        guard let record = view.record else { return Answer.none }
        let holder = record.graph?.holder
        let former = String(decoding: record.graph?.body ?? [], as: UTF8.self).split(separator: " ").map(String.init)
        var revision = Revision(process: view.process, incarnation: record.incarnation)
        if defences.contains(.claim) { revision.seenFloor = record.floor }
        var names = former
        if holder != prints.name {
            names = ([holder].compactMap { $0 } + former.filter { $0 != prints.name && $0 != holder })
            // Before a ticket was handed out nobody has written anything.
            let isFresh = record.ticket == 0 && record.fingerprints.isEmpty
            revision.fingerprints = isFresh ? prints.texts : prints.changes(from: record.fingerprints)
        }
        revision.takeMark = Revision.TakeMark(
            name: Revision.graph, holder: prints.name, leaseMilliseconds: Self.lease,
            body: Array(names.prefix(Self.formers).joined(separator: " ").utf8),
            seizes: holder != prints.name && !former.contains(prints.name))
        switch try await cache.revise(revision) {
        case .done:
            let known = record.fingerprints.merging(revision.fingerprints) { $1 }
            return .ours(isNew: holder != prints.name, isSettled: known == prints.texts)
        case .markHeld: return .theirs(holder ?? "")
        case .overtaken: return nil
        case .refused: return Answer.none
        }
    }

    /// Returns when a worker of this graph may start, or nobody wants it any more. `isWaiting` is told once.
    package func waitForTurn(
        _ cache: any CacheStore, _ surroundings: any Surroundings, until isOver: () -> Bool,
        isWaiting: (String) -> Void
    ) async {
        var hasWaited = false
        var emptySince: UInt64?
        while !isOver() {
            // Where Redis is away, the worker itself waits for it.
            guard let answer = try? await ask(cache) else { return }
            switch answer {
            case .ours: return
            case .theirs(let holder):
                emptySince = nil
                if !hasWaited { isWaiting(holder) }
                hasWaited = true
            case .none:
                // Redis lost its memory: those whose turn it was come first.
                let since = emptySince ?? surroundings.now()
                emptySince = since
                if !hasWaited || surroundings.now() - since >= UInt64(Self.lease) * 1_000_000 { return }
            }
            await surroundings.sleep(milliseconds: 1_000)
        }
    }
}
