import FreshetCore

/// What is done for one kind, on pieces that other commands use as well.
extension Upkeeper {
    /// Keys that one step of SCAN looks at.
    private static let scanCount = 1_000
    /// Keys that are compared in one round trip.
    private static let pageKeys = 500

    func work(
        _ decision: UpkeepDecision, on kind: KindIndex, _ note: UpkeepNote?, _ ticket: Ticket,
        _ tally: inout UpkeepTally
    ) async throws(Fault) {
        switch decision {
        case .nothing, .schedule, .check: return
        case .warm:
            try await begin(decision, kind, note, ticket)
            try await warm(kind, &tally)
        case .rebuild:
            try await begin(decision, kind, note, ticket)
            try await sweep(kind, ticket, &tally)
            if !isStopping() { try await warm(kind, &tally) }
        case .refresh:
            try await begin(decision, kind, note, ticket)
            try await warm(kind, &tally)
            if !isStopping() { try await compare(kind, &tally) }
        }
    }

    /// Written down first, so that whoever finds it half done does it again. A kind whose rows changed without an event
    /// may have left what depends on it wrong too: that is removed with it, and loaded again where it is looked after.
    private func begin(
        _ decision: UpkeepDecision, _ kind: KindIndex, _ note: UpkeepNote?, _ ticket: Ticket
    ) async throws(Fault) {
        guard let work = decision.work else { return }
        let now = surroundings.wallClock()
        func begun(_ work: UpkeepNote.Work, _ kind: KindIndex, next: Int64) -> UpkeepNote {
            UpkeepNote(
                work: work, isBegun: true, time: now, next: next, ticket: ticket.number,
                fingerprint: graph[kind].fingerprint)
        }
        var notes = [kind: begun(work, kind, next: note?.next ?? 0)]
        if case .rebuild = decision {
            for other in graph.downstream(of: [kind]) where other != kind && graph[other].upkeep.atStart != .nothing {
                notes[other] = begun(.warm, other, next: 0)
            }
        }
        try await write(notes, ticket)
    }

    private func warm(_ kind: KindIndex, _ tally: inout UpkeepTally) async throws(Fault) {
        var warming = WarmSettings(kinds: [kind])
        warming.pageEntities = settings.pageEntities
        warming.emission = settings.emission
        warming.callsInFlight = settings.callsInFlight
        let warmer = Warmer(
            graph: graph, cache: parts.cache, models: models, surroundings: surroundings, settings: warming,
            isStopping: isStopping)
        let report = try await warmer.run(parts.ids)
        tally.listed += report.total.entities
        tally.written += report.total.written
    }

    private func sweep(_ kind: KindIndex, _ ticket: Ticket, _ tally: inout UpkeepTally) async throws(Fault) {
        let history = try await models.position().history.counted(like: ticket.history)
        var sweeper = Sweeper(parts.cache, graph.patterns(of: [.kind(kind)]), ticket, history)
        while !isStopping() {
            try await lease.keep()
            switch try await sweeper.step() {
            case .more: continue
            case .refused(let refusal): throw Repairer.refused(refusal)
            case .swept:
                tally.removed += sweeper.keys
                return
            }
        }
    }

    /// nil: nothing can be said now.
    func check(_ kind: KindIndex, _ tally: inout UpkeepTally) async throws(Fault) -> UpkeepDecision? {
        let upkeep = graph[kind].upkeep
        let isCompared = upkeep.atStart == .check
        var random = SplitMix(seed: surroundings.random())
        var sample: [[UInt8]] = []
        var met = 0
        try await walk(kind) { keys in
            for key in keys {
                met += 1
                if sample.count < upkeep.sample {
                    sample.append(key)
                } else {
                    let place = random.next() % UInt64(met)
                    if place < UInt64(upkeep.sample) { sample[Int(place)] = key }
                }
            }
            return isCompared || met == 0
        }
        guard isCompared, !sample.isEmpty, !isStopping() else {
            return UpkeepDecision.judge(upkeep, cached: met, wrong: 0, isBehind: false)
        }
        let report = try await verifier(kind, repairs: false).compare(keys: sample)
        tally.compared += report.total.compared
        tally.wrong += report.problems
        return UpkeepDecision.judge(upkeep, cached: met, wrong: report.problems, isBehind: report.isBehind)
    }

    /// What is cached besides what was loaded, and what was changed meanwhile: what is wrong is removed.
    private func compare(_ kind: KindIndex, _ tally: inout UpkeepTally) async throws(Fault) {
        let verifier = verifier(kind, repairs: true)
        var page: [[UInt8]] = []
        var report = VerifyReport(kinds: 0)
        try await walk(kind) { (keys) async throws(Fault) in
            page += keys
            guard page.count >= Self.pageKeys else { return true }
            report = try await verifier.compare(keys: page)
            page.removeAll()
            return true
        }
        if !isStopping() { report = try await verifier.compare(keys: page) }
        tally.compared += report.total.compared
        tally.wrong += report.problems
        tally.removed += report.repaired
    }

    private func verifier(_ kind: KindIndex, repairs: Bool) -> Verifier {
        var verifying = VerifySettings()
        verifying.kinds = [kind]
        verifying.pageKeys = Self.pageKeys
        verifying.moment = settings.moment
        verifying.patience = settings.patience
        verifying.repairs = repairs
        return Verifier(
            graph: graph, cache: parts.cache, models: models, announcements: parts.announcements,
            surroundings: surroundings, settings: verifying, isStopping: isStopping)
    }

    /// The keys of a kind that can be compared, a step of SCAN at a time, until `body` has enough.
    private func walk(
        _ kind: KindIndex, _ body: ([[UInt8]]) async throws(Fault) -> Bool
    ) async throws(Fault) {
        var reader = KeyReader(graph, kinds: [kind])
        var pool = TextPool()
        for (index, template) in graph[kind].keys.enumerated() where template.statement != nil {
            let pattern = String(decoding: graph.glob(template.pieces), as: UTF8.self)
            var cursor: UInt64 = 0
            repeat {
                try await lease.keep()
                let page = try await parts.cache.scan(pattern: pattern, cursor: cursor, count: Self.scanCount)
                cursor = page.cursor
                pool.removeAll()
                let keys = Set(page.keys).filter { reader.read($0, pool: &pool)?.template == index }
                guard try await body(keys.sorted { $0.lexicographicallyPrecedes($1) }), !isStopping() else { return }
            } while cursor != 0
        }
    }
}
