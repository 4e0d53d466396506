import FreshetCore

/// What a fence refused is invalid, never stale; it is read once more with a new ticket, so that it is there again.
extension Lane {
    /// Tries before a key is left to its next event or reader.
    private static let rereads = 3

    func reread(_ nodes: Set<Int>) async throws(Fault) {
        guard !invalidatesOnly else { return }
        let nodes = nodes.sorted()
        let most = documents.slice(settings)
        for start in stride(from: 0, to: nodes.count, by: most) {
            try await reread(nodes[start..<min(start + most, nodes.count)])
        }
    }

    private func reread(_ nodes: ArraySlice<Int>) async throws(Fault) {
        var waiting = Plan()
        waiting.buffer.pool = plan.buffer.pool
        for node in nodes {
            let index = Int(waiting.add(Change(entity: plan.nodes[node].ref, operation: .upsert)))
            waiting.update(index) {
                $0.isReread = true
                $0.stops = true
            }
        }
        for _ in 0..<Self.rereads where !waiting.nodes.isEmpty {
            guard let refused = try await writeAgain(&waiting) else { return }
            var next = Plan()
            next.buffer.pool = waiting.buffer.pool
            for node in refused.sorted() {
                let index = Int(next.add(Change(entity: waiting.nodes[node].ref, operation: .upsert)))
                next.update(index) {
                    $0.isReread = true
                    $0.stops = true
                }
            }
            waiting = next
        }
    }

    /// One round; the nodes that were refused again, or nil where something else stands in the way.
    private func writeAgain(_ again: inout Plan) async throws(Fault) -> Set<Int>? {
        try await parts.cache.requestTicket()
        guard let ticket = try await parts.cache.ticket() else { return nil }
        var walk = CascadeWalk()
        var read: History?
        while let queries = walk.nextQueries(&again, graph) {
            let answer = try await parts.models.read(queries)
            read = answer.history
            var rows: [[Rows]] = []
            for result in answer.results {
                guard case .success(let table) = result else { return nil }
                rows.append([table])
            }
            walk.take(rows, &again, graph)
        }
        guard let read else { return nil }
        var emission = Emission(again, bounds: settings.emission, seed: surroundings.random(), onlyReached: false)
        var refusedNodes: Set<Int> = []
        while !emission.isFinished {
            let chunks = emission.chunks(settings.callsInFlight, &again, walk, graph)
            let calls = chunks.map { ApplyCall(ticket: ticket, history: read, operations: $0.operations) }
            for (index, reply) in try await parts.cache.apply(calls).enumerated() {
                guard case .applied(let refused) = reply else { return nil }
                for place in refused { refusedNodes.insert(Int(chunks[index].nodes[place])) }
                report.refreshed += calls[index].operations.writes - refused.count
            }
        }
        return refusedNodes
    }
}
