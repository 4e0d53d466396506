import FreshetCore

/// One bad row or id never holds up or discards the rest of its batch.
extension Lane {
    /// The rows of every query. A query that fails for a reason of its ids is asked again in halves, down to the ids
    /// that are at fault; those are only invalidated, and the records that name them dead-lettered.
    func isolate(_ queries: [ReadQuery], _ results: [Result<Rows, Fault>]) async throws(Fault) -> [[Rows]] {
        var answers: [[Rows]] = []
        for (index, result) in results.enumerated() {
            switch result {
            case .success(let rows):
                answers.append([rows])
            case .failure(let fault):
                guard [.reject, .retry].contains(Disposition.of(fault)) else { throw fault }
                var rows: [Rows] = []
                var bad: [(position: Int, fault: Fault)] = []
                try await halve(queries[index], 0..<queries[index].parts[0].count, fault, &rows, &bad)
                answers.append(rows)
                try await giveUp(bad, of: index)
            }
        }
        return answers
    }

    private func halve(
        _ query: ReadQuery, _ range: Range<Int>, _ fault: Fault, _ rows: inout [Rows],
        _ bad: inout [(position: Int, fault: Fault)]
    ) async throws(Fault) {
        if range.count == 1 {
            // What is transient is the whole batch's matter: it comes again with a new ticket.
            if Disposition.of(fault) == .retry { throw fault }
            bad.append((range.lowerBound, fault))
            return
        }
        let middle = range.lowerBound + range.count / 2
        let halves = [range.lowerBound..<middle, middle..<range.upperBound]
        let answer = try await parts.models.read(halves.map { query.part($0) })
        for (half, result) in zip(halves, answer.results) {
            switch result {
            case .success(let table):
                rows.append(table)
            case .failure(let fault):
                guard [.reject, .retry].contains(Disposition.of(fault)) else { throw fault }
                try await halve(query, half, fault, &rows, &bad)
            }
        }
    }

    private func giveUp(_ bad: [(position: Int, fault: Fault)], of query: Int) async throws(Fault) {
        guard let first = bad.first else { return }
        let nodes = walk.reject(bad.map(\.position), of: query, &plan, graph)
        listener.heard(.isolated(statement: first.fault.message, entities: nodes.count, first.fault))
        try await divert(Set(nodes.map { Int32($0) }.filter { plan.nodes[Int($0)].isChanged }), first.fault)
    }

    /// The records that name these entities become letters.
    private func divert(_ nodes: Set<Int32>, _ fault: Fault) async throws(Fault) {
        guard !nodes.isEmpty else { return }
        let rejection = Rejection(.rejectedByReadModel, fault.message)
        let notes = plan.recordsNaming(nodes).map { plan.records[$0] }
        // Only together: what a fault leaves half done begins anew.
        var written: [Letter] = []
        for (number, part) in plan.partitions.enumerated() {
            let offsets = notes.filter { $0.partition == Int32(number) }.map(\.offset)
            if !offsets.isEmpty { written += try await letters(of: offsets, from: part.partition, rejection) }
        }
        letters += written
        plan.divert(nodes, as: RecordNote.deadLettered)
    }

    /// Letters for records whose payloads are gone from memory. One that the log has deleted meanwhile still gets its
    /// letter, which says so: nothing is counted as dead-lettered without one.
    func letters(of offsets: [Int64], from partition: Partition, _ rejection: Rejection) async throws(Fault) -> [Letter]
    {
        let writer = LetterWriter(settings)
        let now = surroundings.wallClock()
        let records = try await parts.log.records(partition, at: offsets)
        let found = Dictionary(records.map { ($0.offset, $0) }, uniquingKeysWith: { first, _ in first })
        return offsets.map { offset in
            let record = found[offset]
            listener.heard(.rejected(partition, offset: offset, rejection, traceparent: record?.traceparent))
            guard let record else { return writer.lost(partition, offset, rejection, now: now) }
            return writer.deadLetter(record, rejection, attempts: 1, now: now)
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
