import FreshetCore

extension Lane {
    /// The own keys of what changed, where the graph wants them gone before anything is read. Once for a batch: its
    /// further attempts only take longer.
    func removeAhead() async throws(Fault) {
        guard removesAhead, !hasRemovedAhead, performing.isEmpty else { return }
        hasRemovedAhead = true
        let keys = plan.keysToRemoveAhead(graph, limit: settings.emission.keysPerCall)
        if !keys.isEmpty { try await parts.cache.removeAhead(keys) }
    }

    /// What a large batch only removes goes out first, and beside the script. Each call is answered whole before the
    /// next: the one that moves the checkpoint must not be on its way while a removal may still fail.
    func remove(_ chain: inout Chain, onlyReached: Bool) async throws(Fault) -> Verdict? {
        guard var removals = Removals(plan, graph, bounds: settings.emission, onlyReached: onlyReached) else {
            return nil
        }
        while let keys = removals.keys(&plan, graph) {
            var chunk = Emission.Chunk()
            chunk.removals = keys
            if let verdict = try await send([chunk], &chain, isEnd: false) { return verdict }
        }
        return nil
    }
}
