import FreshetCore

/// Sees to it that the memory is whole. Until it is, each change that can't be told sweeps: right, but dear.
extension Coordinator {
    /// Milliseconds that a worker may be silent before another one takes over what it was doing for all.
    static let lease: Int64 = 10_000

    /// One step: looks for an edge whose memory isn't whole, or goes on with the one under way.
    func keepMemory() async {
        for desk in desks where desk.takeMissedMemory() { missesMemory = true }
        do {
            if isHeldBack {
                return
            } else if let build = memoryBuild {
                try await goOn(with: build)
            } else if missesMemory, surroundings.now() >= memoryLook {
                missesMemory = false
                memoryBuild = try await nextBuild()
            }
        } catch {
            giveUpMemory()
            let milliseconds = memoryBackoff.next(random: surroundings.random())
            memoryLook = surroundings.now() + UInt64(milliseconds) * 1_000_000
            listener.heard(.paused(part: "memory", error, milliseconds: milliseconds))
        }
    }

    func giveUpMemory() {
        memoryBuild?.close()
        memoryBuild = nil
        missesMemory = true
    }

    private func goOn(with build: MemoryBuild) async throws(Fault) {
        let name = graph.edges[build.edge].name
        switch try await build.step() {
        case .more:
            guard surroundings.now() >= memoryLook else { return }
            if try await !takeMark("memory:\(name)") { giveUpMemory() }
            memoryLook = surroundings.now() + UInt64(Self.lease / 3) * 1_000_000
        case .whole(let children, let keys):
            giveUpMemory()
            memoryLook = 0
            if memoryBackoff.attempts > 0 { listener.heard(.resumed(part: "memory", milliseconds: 0)) }
            memoryBackoff = Backoff(settings.backoff)
            listener.heard(.remembered(edge: name, children: children, keys: keys))
            try await releaseMark("memory:\(name)")
        case .refused:
            giveUpMemory()
            memoryLook = surroundings.now() + UInt64(memoryBackoff.next(random: surroundings.random())) * 1_000_000
        }
    }

    /// The first edge whose memory can be made whole and isn't; nil where there is none, or another worker is at it.
    private func nextBuild() async throws(Fault) -> MemoryBuild? {
        for (number, edge) in graph.edges.enumerated() {
            guard let pairs = edge.pairs, let record = try await parts.cache.look([]).record else { continue }
            let mark = try await parts.cache.recall(Memory.hash(edge, graph), [Memory.mark])[0]
            if Memory.isWhole(mark, incarnation: record.incarnation, since: record.memory) { continue }
            guard try await takeMark("memory:\(edge.name)") else {
                missesMemory = true
                memoryLook = surroundings.now() + 1_000_000_000
                continue
            }
            try await parts.cache.requestTicket()
            guard let ticket = try await parts.cache.ticket() else { return nil }
            let stream = try parts.stream(pairs)
            memoryLook = surroundings.now() + UInt64(Self.lease / 3) * 1_000_000
            return MemoryBuild(
                edge: number, graph: graph, cache: parts.cache, stream: stream, ticket: ticket,
                history: try await stream.history(), mark: mark ?? [])
        }
        return nil
    }

    /// Several workers that notice at once do the shared part once. False while another one's lease is good.
    func takeMark(_ name: String, _ body: [UInt8] = []) async throws(Fault) -> Bool {
        let view = try await parts.cache.look([])
        guard let record = view.record else { return false }
        var revision = Revision(process: view.process, incarnation: record.incarnation)
        revision.takeMark = Revision.TakeMark(name: name, holder: holder, leaseMilliseconds: Self.lease, body: body)
        guard try await parts.cache.revise(revision) == .done else { return false }
        marks.insert(name)
        return true
    }

    func releaseMark(_ name: String) async throws(Fault) {
        let view = try await parts.cache.look([])
        marks.remove(name)
        guard let record = view.record else { return }
        var revision = Revision(process: view.process, incarnation: record.incarnation)
        revision.releaseMark = Revision.ReleaseMark(name: name, holder: holder)
        _ = try await parts.cache.revise(revision)
    }
}
