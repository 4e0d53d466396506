import FreshetCore

extension Lane {
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
