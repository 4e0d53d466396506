import FreshetCore

/// The gate: where read models are projections of their own, an event may arrive before its projection. Then its
/// cascade is invalidated at once, and applied again when the row is there.
extension Lane {
    /// Marks what is behind. Before the ticket is taken, as with captured transactions: what passes the gate was
    /// visible before anything was read under this ticket or a higher one.
    func closeGates() async throws(Fault) {
        guard hasGates else { return }
        var rows: [Int: Int64] = [:]
        for (number, kind) in graph.kinds.enumerated() where kind.gate != nil {
            guard let statement = kind.keys.lazy.compactMap(\.statement).first else { continue }
            let members = (0..<plan.changedCount).filter {
                plan.nodes[$0].ref.kind == KindIndex(number) && !plan.nodes[$0].isRejected && !plan.nodes[$0].isReread
            }
            try await look(members, KindIndex(number), statement, &rows)
            for index in members where isBehind(index, row: rows[index]) {
                plan.update(index) { $0.isGated = true }
            }
        }
    }

    /// The versions of the rows that are there; `noVersion` where the read model tells none.
    private func look(
        _ members: [Int], _ kind: KindIndex, _ statement: Int, _ versions: inout [Int: Int64]
    ) async throws(Fault) {
        for start in stride(from: 0, to: members.count, by: CascadeWalk.idsPerQuery) {
            let page = members[start..<min(start + CascadeWalk.idsPerQuery, members.count)]
            try await look(page: page, kind, statement, &versions)
        }
    }

    /// A page that PostgreSQL rejects is asked again in halves: one bad id must not hide the rows of the others. A
    /// delete whose row is still there would pass its gate.
    private func look(
        page: ArraySlice<Int>, _ kind: KindIndex, _ statement: Int, _ versions: inout [Int: Int64]
    ) async throws(Fault) {
        let query = ReadQuery(statement: statement, parts: graph.columns(page, of: plan))
        switch try await parts.models.read([query]).results[0] {
        case .success(let table):
            for row in 0..<table.count {
                guard let ref = table.reference(row, firstColumn: 0, kind: kind, graph, &plan.buffer.pool),
                    let index = plan.find(ref)
                else { continue }
                versions[index] = table.integer(row, column: graph[kind].id.count + 1) ?? Node.noVersion
            }
        case .failure(let fault):
            if page.count == 1 {
                // The walk isolates what is rejected; anything else is the whole batch's matter.
                guard Disposition.of(fault) == .reject else { throw fault }
                return
            }
            let middle = page.startIndex + page.count / 2
            try await look(page: page[..<middle], kind, statement, &versions)
            try await look(page: page[middle...], kind, statement, &versions)
        }
    }

    /// The event says more than the row: a higher version, a row that isn't there yet, or one that still is.
    private func isBehind(_ index: Int, row: Int64?) -> Bool {
        let (isDeleted, told) = (plan.nodes[index].isDeleted, plan.eventVersion(of: index))
        guard let row else { return !isDeleted }
        // Where the row has a higher version, the entity was created again afterwards.
        if isDeleted { return told == Node.noVersion || row <= told }
        return told != Node.noVersion && row != Node.noVersion && row < told
    }

    /// What this batch will owe: its gates' repeats, and second sweeps of what it touches.
    func owed() -> [Pending] {
        let now = surroundings.wallClock()
        var owed: [Pending] = []
        let origins = origins()
        for (index, node) in plan.nodes.enumerated() {
            let kind = graph[node.ref.kind]
            if node.isGated, let gate = kind.gate, let due = gated(index, gate, now, origins[Int32(index)]) {
                owed.append(due)
            }
            if let delay = kind.secondSweep, !isSecondSweep {
                let entity = EntityName.write(node.ref, graph, pool: plan.buffer.pool)
                let sweep = Owed.sweep(entity: entity)
                owed.append(Pending(id: sweep.id, due: now + delay, body: sweep.body))
            }
        }
        return owed
    }

    /// Of each gated node the last record that names it first, in one walk over all records.
    private func origins() -> [Int32: RecordNote] {
        var origins: [Int32: RecordNote] = [:]
        guard plan.nodes.contains(where: \.isGated) else { return origins }
        plan.records.visit { note in
            if note.node >= 0, plan.nodes[Int(note.node)].isGated { origins[note.node] = note }
        }
        return origins
    }

    private func gated(_ index: Int, _ gate: Kind.Gate, _ now: Int64, _ origin: RecordNote?) -> Pending? {
        // A repeat that is still behind is owed again, under its own name.
        if let again = repeating[index] { return Pending(id: again.id, due: now + gate.interval, body: again.body) }
        guard let note = origin else { return nil }
        let node = plan.nodes[index]
        let version = plan.eventVersion(of: index)
        let owed = Owed.gate(
            entity: EntityName.write(node.ref, graph, pool: plan.buffer.pool),
            version: version == Node.noVersion ? nil : version, isDelete: node.isDeleted,
            deadline: now + gate.deadline, origin: plan.partitions[Int(note.partition)].partition, offset: note.offset)
        return Pending(id: owed.id, due: now + gate.interval, body: owed.body)
    }
}
