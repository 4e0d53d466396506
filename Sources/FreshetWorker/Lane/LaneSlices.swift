import FreshetCore

/// A large batch is resolved whole, so that each entity is read and written once, however many events name it; its
/// documents are read and written slice by slice, so that only a slice of them is ever in memory.
///
/// Each slice has a ticket of its own, taken before it is read. Under the batch's ticket, old by then, whatever other
/// lanes and workers touched meanwhile would refuse it; and they would have to wait for the whole batch. The call that
/// moves the checkpoint carries the batch's ticket again: what is remembered is as old as the edges that were followed.
extension Lane {
    /// Sends what the emission holds; of a batch that was read already all at once.
    func write(_ emission: inout Emission, _ chain: inout Chain, isEnd: Bool) async throws(Fault) -> Verdict? {
        guard walk.readsLater else { return try await send(&emission, &chain, isEnd: isEnd) }
        defer { chain.ticket = chain.first }
        // What the walk's answers took, for the documents.
        if plan.nodes.count >= settings.longBatch { parts.log.giveBack() }
        while !emission.isFinished {
            let readers = emission.slice(documents.slice(settings), plan, graph)
            if !readers.isEmpty, let verdict = try await read(readers, &chain) { return verdict }
            if let verdict = try await send(&emission, &chain, isEnd: false) { return verdict }
            order.leave(index)
            if isGivenUp() { return .again }
        }
        return nil
    }

    /// A large batch takes long: between two steps of it, it is asked whether anybody still wants it.
    func isGivenUp() -> Bool {
        // What is owed is performed in place of a batch, whose partitions aren't in this plan.
        if performing.isEmpty { takeSeats(holdingBatch: true) }
        return isOver
    }

    private func read(_ readers: [Int], _ chain: inout Chain) async throws(Fault) -> Verdict? {
        let began = surroundings.now()
        try await parts.cache.requestTicket()
        guard let ticket = try await parts.cache.ticket(), ticket.incarnation == chain.first.incarnation else {
            return .lost(.incarnation)
        }
        // What the slices before it wrote may be gone.
        if settings.defences.contains(.process), ticket.process != chain.first.process { return .lost(.process) }
        chain.ticket = ticket
        enterOrder(ticket)
        report.ticketTime += surroundings.now() - began
        guard try await read(walk.documentQueries(readers, plan, graph), &chain) else { return .again }
        await letOlderTicketsGoFirst()
        return nil
    }
}
