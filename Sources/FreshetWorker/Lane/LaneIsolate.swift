import FreshetCore

/// One bad row or id never holds up or discards the rest of its batch.
extension Lane {
    /// What halving one query down to its bad ids has found so far.
    private struct Isolation {
        var rows: [Rows] = []
        var bad: [(position: Int, fault: Fault)] = []
    }

    /// Ids of one query that may fail for a transient reason, without one that goes well, before that is taken for an
    /// outage.
    private static let strikes = 16

    /// The rows of every query. A query that fails for a reason of its ids is asked again in halves, down to the ids
    /// that are at fault; those are only invalidated, and the records that name them leave the batch.
    func isolate(_ queries: [ReadQuery], _ results: [Result<Rows, Fault>]) async throws(Fault) -> [[Rows]] {
        var answers: [[Rows]] = []
        for (index, result) in results.enumerated() {
            switch result {
            case .success(let rows):
                answers.append([rows])
            case .failure(let fault):
                guard isOfIDs(fault) else { throw fault }
                var found = Isolation()
                let count = queries[index].parts[0].count
                try await halve(queries[index], 0..<count, fault, &found)
                if found.bad.contains(where: isTransient) { try await rule(out: queries[index]) }
                answers.append(found.rows)
                try await giveUp(found, of: index)
            }
        }
        return answers
    }

    /// What hits the statement without any id is an outage, whatever it is called: a locked table, for one.
    private func rule(out query: ReadQuery) async throws(Fault) {
        if case .failure(let fault) = try await parts.models.read([query.part(0..<0)]).results[0] { throw fault }
    }

    private func isOfIDs(_ fault: Fault) -> Bool { [.reject, .retry].contains(Disposition.of(fault)) }

    private func isTransient(_ bad: (position: Int, fault: Fault)) -> Bool { Disposition.of(bad.fault) == .retry }

    private func halve(
        _ query: ReadQuery, _ range: Range<Int>, _ fault: Fault, _ found: inout Isolation
    ) async throws(Fault) {
        if range.count == 1 {
            if Disposition.of(fault) == .retry && mayTryAgain { throw fault }
            found.bad.append((range.lowerBound, fault))
            if found.rows.isEmpty && found.bad.filter(isTransient).count >= Self.strikes { throw fault }
            return
        }
        let middle = range.lowerBound + range.count / 2
        let halves = [range.lowerBound..<middle, middle..<range.upperBound]
        let answer = try await parts.models.read(halves.map { query.part($0) })
        for (half, result) in zip(halves, answer.results) {
            switch result {
            case .success(let table):
                found.rows.append(table)
            case .failure(let fault):
                guard isOfIDs(fault) else { throw fault }
                try await halve(query, half, fault, &found)
            }
        }
    }

    /// The whole batch comes again with a new ticket: what was in the way may be gone.
    private var mayTryAgain: Bool {
        tries < settings.retry.attempts
            && surroundings.now() - triedSince < UInt64(settings.retry.deadline) * 1_000_000
    }

    private func giveUp(_ found: Isolation, of query: Int) async throws(Fault) {
        for parting in [Parting.rejected, .deferred] {
            let bad = found.bad.filter { isTransient($0) == (parting == .deferred) }
            guard let first = bad.first else { continue }
            let nodes = walk.reject(bad.map(\.position), of: query, &plan, graph)
            listener.heard(.isolated(statement: first.fault.message, entities: nodes.count, first.fault))
            let changed = Set(nodes.map { Int32($0) }.filter { plan.nodes[Int($0)].isChanged })
            try await divert(changed, first.fault, parting)
        }
    }

    /// The records that name these entities become letters.
    private func divert(_ nodes: Set<Int32>, _ fault: Fault, _ parting: Parting) async throws(Fault) {
        guard !nodes.isEmpty else { return }
        let rejection = Rejection(.rejectedByReadModel, fault.message)
        let notes = plan.recordsNaming(nodes)
        // Only together: what a fault leaves half done begins anew.
        var written: [(place: Int, letter: Letter, isDeferred: Bool)] = []
        for (number, part) in plan.partitions.enumerated() {
            let places = notes.filter { plan.records[$0].partition == Int32(number) }
            if places.isEmpty { continue }
            let offsets = places.map { plan.records[$0].offset }
            let made = try await letters(of: offsets, from: part.partition, rejection, parting)
            written += zip(places, made).map { ($0, $1.letter, $1.isDeferred) }
        }
        letters += written.map { LaneLetter($0.letter, deferred: $0.isDeferred ? $0.place : nil) }
        for letter in written {
            plan.divert(letter.place, as: letter.isDeferred ? RecordNote.deferred : RecordNote.deadLettered)
        }
    }
}

extension ReadQuery {
    /// The same question for some of its ids.
    func part(_ range: Range<Int>) -> ReadQuery {
        ReadQuery(
            statement: statement,
            parts: parts.map { column in
                switch column {
                case .bigint(let ids): return .bigint(Array(ids[range]))
                case .uuid(let ids): return .uuid(Array(ids[range]))
                case .text(let ids):
                    var arena = ByteArena()
                    for index in range { arena.append(ids[index]) }
                    return .text(arena)
                }
            })
    }
}
