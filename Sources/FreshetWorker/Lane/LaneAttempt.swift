import FreshetCore

enum Verdict {
    case applied
    /// Something moved under the batch (the floor, a chunk that failed): once more, with a new ticket.
    case again
    /// Effects were lost or may be: recovery decides.
    case lost(Refusal)
}

/// resolve → read → apply: ticket first, then data, then one script call per chunk.
extension Lane {
    func attempt() async throws(Fault) -> Verdict {
        if let verdict = try await waitForVisibility() { return verdict }
        plan.forgetCascades()
        walk.removeAll()
        ahead.fault = nil
        try await closeGates()
        walk.documentsAtOnce = documents.slice(settings)
        walk.writesNothing = removesReached && !plan.writesChanged(graph)
        if !ticketIsAsked { try await parts.cache.requestTicket() }
        ticketIsAsked = false
        try await removeAhead()
        // Where nothing is written, the ticket's round trip hides behind the first read as well: a removal is right
        // under any ticket that was asked for when its event was known.
        var source: History?
        if walk.writesNothing, let queries = walk.nextQueries(&plan, graph) {
            source = try await read(queries, after: nil)
            if source == nil { return .again }
        }
        let began = surroundings.now()
        guard let ticket = try await parts.cache.ticket() else { return .lost(.incarnation) }
        enterOrder(ticket)
        defer { order.leave(index) }
        report.ticketTime = surroundings.now() - began

        var chain = Chain(ticket: ticket, name: chainName)
        chain.source = source
        var recollection = try await recall(ticket)
        while let queries = walk.nextQueries(&plan, graph) {
            if walk.readsLater {
                // Its values come under tickets of their own: nobody waits for this one.
                order.leave(index)
                if isGivenUp() { return .again }
            }
            guard try await read(queries, &chain) else { return .again }
            if let verdict = try await foretell(&recollection, &chain) { return verdict }
            // Nothing goes out before all that is to be foretold is.
            guard !remembers || walk.hasAskedChanges(plan) else { continue }
            if plan.nodes.count - plan.changedCount - chain.emitted > graph.bounds.fanOut {
                if let verdict = try await flush(&chain) { return verdict }
            }
        }
        if !settings.defences.contains(.ticketFirst) {
            try await parts.cache.requestTicket()
            chain.begin(try await parts.cache.ticket() ?? ticket)
        }
        if history == nil { history = try await parts.models.position().history }
        chain.memories = compare(recollection, chain.ticket)
        report.reached = plan.nodes.count - plan.changedCount
        // Slices take long: a sweep before them would only make the other lanes' batches begin anew.
        if !walk.readsLater, let verdict = try await sweep(ticket) { return verdict }
        return try await finish(&chain)
    }

    /// False where another history answered: all reads of a batch come from one.
    func read(_ queries: [ReadQuery], _ chain: inout Chain) async throws(Fault) -> Bool {
        guard let source = try await read(queries, after: chain.source) else { return false }
        chain.source = source
        return true
    }

    private func read(_ queries: [ReadQuery], after source: History?) async throws(Fault) -> History? {
        let began = surroundings.now()
        let answer = try await parts.models.read(queries, meanwhile: lookAhead)
        if let fault = ahead.fault {
            ahead.fault = nil
            throw fault
        }
        guard source == nil || source == answer.history, isVisibilityOf(answer.history) else { return nil }
        history = answer.history
        walk.take(try await isolate(queries, answer.results), &plan, graph)
        documents.note(bytes: walk.bytesTaken, documents: walk.documentsTaken, settings)
        report.readTime += surroundings.now() - began
        return answer.history
    }

    /// Captured events can run ahead of their commit's visibility: wait for it before the ticket is taken. No round
    /// trip where a known `xmin` already says so.
    ///
    /// A transaction that a failover lost never becomes visible, and there is nothing to wait for: it doesn't run, and
    /// is newer than all that have ended, although an event is delivered after its transaction's id was handed out.
    private func waitForVisibility() async throws(Fault) -> Verdict? {
        let deadline = surroundings.now() + UInt64(settings.visibilityDeadline) * 1_000_000
        guard settings.defences.contains(.visibility), !plan.transactions.isEmpty else { return nil }
        var waiting = plan.transactions.filter { TransactionID.whole($0, near: knownXmin) >= knownXmin }.sorted()
        var pause = Backoff(Backoff.Settings(initial: 2, cap: 50))
        let interval = UInt64(settings.visibilityDeadline) * 1_000_000 / 30
        var nextLook = surroundings.now() + interval
        while !waiting.isEmpty {
            // Before the snapshot: what ends in between is old for it.
            var running: RunningTransactions?
            if surroundings.now() > nextLook {
                running = try await parts.models.running()
                nextLook = surroundings.now() + interval
            }
            let visibility = try await parts.models.visibility(of: waiting)
            // Ids below an older history's `xmin` may be running in this one.
            if xminHistory != nil && xminHistory != visibility.history {
                (knownXmin, xminHistory) = (0, nil)
                return .again
            }
            (knownXmin, xminHistory) = (max(knownXmin, visibility.xmin), visibility.history)
            waiting = zip(waiting, visibility.visible).filter { !$0.1 }.map(\.0)
            if let running, running.history == visibility.history {
                waiting.removeAll { transaction in
                    let whole = TransactionID.whole(transaction, near: visibility.xmax)
                    return whole >= visibility.xmax && !running.ids.contains(whole)
                }
            }
            if waiting.isEmpty { break }
            if surroundings.now() > deadline { return .lost(.newerHistory) }
            if pause.attempts == 0 { listener.heard(.waitingForVisibility(transactions: waiting.count)) }
            if desk.mustDrop { return .again }
            await surroundings.sleep(milliseconds: pause.next(random: surroundings.random()))
        }
        return nil
    }

    /// Whether what is known of captured transactions was said by the server that answers now.
    private func isVisibilityOf(_ history: History) -> Bool {
        guard !plan.transactions.isEmpty, let xminHistory, xminHistory != history else { return true }
        (knownXmin, self.xminHistory) = (0, nil)
        return false
    }

    /// A partition that is still this lane's: of others the next worker makes chains.
    private var chainName: Partition? {
        (plan.partitions.first { seats.seat($0.assignment) != nil } ?? plan.partitions.first)?.partition
    }

    private func sweep(_ ticket: Ticket) async throws(Fault) -> Verdict? {
        guard !plan.sweeps.isEmpty, let history else { return nil }
        let patterns = graph.patterns(of: plan.sweeps)
        var sweeper = Sweeper(parts.cache, patterns, ticket, history)
        switch try await sweeper.run() {
        case .swept(let keys):
            listener.heard(.swept(patterns: patterns.count, keys: keys))
            return nil
        case .refused(let refusal): return verdict(on: refusal)
        }
    }

    // MARK: Apply

    /// The script calls of one attempt, linked so that none can be passed over.
    struct Chain {
        /// The batch's ticket: what was resolved under it, and the checkpoint that its last call moves.
        private(set) var first: Ticket
        /// That of the calls that come next: the first, or a slice's own.
        var ticket: Ticket
        /// The history of all that was read.
        var source: History?
        var name: Partition?
        var index = 0
        /// Reached nodes that are out already.
        var emitted = 0
        /// What is to be remembered, written by the call that moves the checkpoint.
        var memories: [MemoryEntry] = []
        /// Nodes whose write a fence refused.
        var refused: Set<Int> = []

        init(ticket: Ticket, name: Partition?) {
            (first, self.ticket, self.name) = (ticket, ticket, name)
        }

        mutating func begin(_ ticket: Ticket) { (first, self.ticket) = (ticket, ticket) }
    }

    /// A cascade over its fan-out bound goes out in parts: what was reached so far, before any new value.
    private func flush(_ chain: inout Chain) async throws(Fault) -> Verdict? {
        if !walk.readsLater { await letOlderTicketsGoFirst() }
        if let verdict = try await remove(&chain, onlyReached: true) { return verdict }
        var emission = Emission(
            plan, bounds: settings.emission, seed: surroundings.random(), onlyReached: true)
        let verdict = try await write(&emission, &chain, isEnd: false)
        chain.emitted = plan.nodes.count - plan.changedCount
        return verdict
    }

    func enterOrder(_ ticket: Ticket) {
        orderWaited = 0
        order.enter(index, ticket.number)
    }

    /// See `TicketOrder`. A small batch touches few buckets and goes at once.
    func letOlderTicketsGoFirst() async {
        if !walk.documents.isEmpty { order.noteWrite() }
        guard order.hasWrites, plan.nodes.count >= settings.orderedNodes else { return }
        while !order.isFirst(index), orderWaited < settings.orderWait, !desk.isStopping {
            await surroundings.sleep(milliseconds: 1)
            orderWaited += 1
        }
    }

    private func finish(_ chain: inout Chain) async throws(Fault) -> Verdict {
        if !walk.readsLater { await letOlderTicketsGoFirst() }
        if let verdict = try await remove(&chain, onlyReached: false) { return verdict }
        var emission = Emission(plan, bounds: settings.emission, seed: surroundings.random(), onlyReached: false)
        let isEnd = letters.isEmpty && !walk.readsLater
        if let verdict = try await write(&emission, &chain, isEnd: isEnd) { return verdict }
        order.leave(index)
        if walk.readsLater, let verdict = try await sweep(chain.first) { return verdict }
        if !isEnd {
            // The cascade is invalid before the letter is out, and the letter is acknowledged before the checkpoint
            // moves.
            try await sendLetters()
            if let verdict = try await send([], &chain, isEnd: true) { return verdict }
        }
        reread.take(chain.refused.sorted(), of: plan, graph)
        invalidatesOnly = false
        return .applied
    }

    func send(
        _ emission: inout Emission, _ chain: inout Chain, isEnd: Bool
    ) async throws(Fault) -> Verdict? {
        repeat {
            let chunks = emission.chunks(settings.callsInFlight, &plan, walk, graph)
            if let verdict = try await send(chunks, &chain, isEnd: isEnd && emission.isFinished) { return verdict }
        } while !emission.isSliceFinished
        return nil
    }

    func send(
        _ chunks: [Emission.Chunk], _ chain: inout Chain, isEnd: Bool
    ) async throws(Fault) -> Verdict? {
        guard let history else { return .again }
        var calls = chunks.map { chunk in
            var call = ApplyCall(ticket: chain.ticket, history: history, operations: chunk.operations)
            call.removals = chunk.removals
            return call
        }
        if isEnd {
            if calls.isEmpty { calls = [ApplyCall(ticket: chain.ticket, history: history)] }
            // More memory than one call should hold goes before it.
            let early = chain.memories.dropFirst(settings.emission.keysPerCall)
            if let verdict = try await remember(early, &chain, history) { return verdict }
            for memory in chain.memories.prefix(settings.emission.keysPerCall) {
                calls[calls.count - 1].operations.remember(key: memory.key, memory.write)
            }
            calls[calls.count - 1].moves = plan.moves()
            calls[calls.count - 1].pendingAdded = canOwe ? owed() : []
            calls[calls.count - 1].pendingRemoved = performing
        }
        return try await perform(&calls, chunks, &chain, isEnd: isEnd)
    }

    func perform(
        _ calls: inout [ApplyCall], _ chunks: [Emission.Chunk], _ chain: inout Chain, isEnd: Bool
    ) async throws(Fault) -> Verdict? {
        for index in calls.indices { calls[index].invalidateOnly = invalidatesOnly }
        link(&calls, &chain, isEnd: isEnd)
        guard !calls.isEmpty else { return nil }
        let began = surroundings.now()
        let replies = try await parts.cache.apply(calls, meanwhile: lookAhead)
        report.applyTime += surroundings.now() - began
        report.calls += calls.count
        return try await read(replies, calls, chunks, &chain)
    }

    /// One call alone needs no link: it has happened or it hasn't.
    private func link(_ calls: inout [ApplyCall], _ chain: inout Chain, isEnd: Bool) {
        guard let name = chain.name, !(isEnd && chain.index == 0 && calls.count == 1) else { return }
        for index in calls.indices {
            if !calls[index].removals.isEmpty { chain.index += 1 }
            calls[index].link = ApplyCall.Link(
                name: name, batch: chain.first.number, index: chain.index, isLast: isEnd && index == calls.count - 1)
            chain.index += 1
        }
    }

    private func read(
        _ replies: [ApplyReply], _ calls: [ApplyCall], _ chunks: [Emission.Chunk], _ chain: inout Chain
    ) async throws(Fault) -> Verdict? {
        var overlap: [Partition: Int64] = [:]
        for (index, reply) in replies.enumerated() {
            switch reply {
            case .applied(let refused):
                note(refused, calls[index], index < chunks.count ? chunks[index] : Emission.Chunk(), &chain)
            case .overlap(let refused, let stored):
                note(refused, calls[index], index < chunks.count ? chunks[index] : Emission.Chunk(), &chain)
                overlap = stored
            case .refused(let refusal):
                return verdict(on: refusal)
            case .failed(let fault):
                guard fault.code == .redis("OOM") else { throw fault }
                // A full Redis is never a stale one.
                if invalidatesOnly { throw fault }
                invalidatesOnly = true
                if !isFull { listener.heard(.full(lane: index, fault)) }
                isFull = true
                return .again
            }
        }
        if !overlap.isEmpty {
            for (partition, stored) in overlap { plan.count(partition, from: stored) }
            chain.name = nil
            return try await send([], &chain, isEnd: true)
        }
        if calls.last?.moves.isEmpty == false {
            report.counts = calls[calls.count - 1].moves.reduce(OutcomeCounts()) { $0 + $1.counts }
        }
        return nil
    }

    private func note(_ refused: [Int], _ call: ApplyCall, _ chunk: Emission.Chunk, _ chain: inout Chain) {
        for index in refused where index < chunk.nodes.count { chain.refused.insert(Int(chunk.nodes[index])) }
        let written = call.invalidateOnly ? 0 : call.operations.writes - refused.count
        report.refreshed += written
        report.invalidated += call.operations.count + call.removals.count - call.operations.memories - written
        report.refused += refused.count
    }

    func verdict(on refusal: Refusal) -> Verdict {
        switch refusal {
        case .floor, .chain, .pendingFull:
            return .again
        case .olderHistory:
            // An old primary still answers: look for the new one.
            history = nil
            parts.models.disconnect()
            return .again
        case .process, .incarnation, .newerHistory, .gap:
            return .lost(refusal)
        }
    }
}
