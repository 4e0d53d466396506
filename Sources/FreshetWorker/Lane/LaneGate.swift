import FreshetCore

/// The gate: where read models are projections of their own, an event may arrive before its projection. Then its
/// cascade
/// is invalidated at once, and applied again when the row is there.
extension Lane {
    /// Marks what is behind; after the walk, before anything is written.
    func closeGates() {
        guard settings.defences.contains(.gate) else { return }
        for index in 0..<plan.changedCount where isBehind(plan.nodes[index]) {
            plan.update(index) { $0.isGated = true }
        }
    }

    /// The event says more than the row: a higher version, a row that isn't there yet, or one that still is.
    private func isBehind(_ node: Node) -> Bool {
        let kind = graph[node.ref.kind]
        guard kind.gate != nil, !node.isRejected, !node.isReread, node.documents >= 0 else { return false }
        let isThere = kind.keys.indices.contains { walk.documents[Int(node.documents) + $0].rows >= 0 }
        if node.isDeleted {
            // A row with a higher version was created again afterwards.
            return isThere && (node.version == Node.noVersion || node.rowVersion <= node.version)
        }
        if !isThere { return true }
        return node.version != Node.noVersion && node.rowVersion != Node.noVersion && node.rowVersion < node.version
    }

    /// What this batch will owe: its gates' repeats, and second sweeps of what it touches.
    func owed() -> [Pending] {
        let now = surroundings.wallClock()
        var owed: [Pending] = []
        for (index, node) in plan.nodes.enumerated() {
            let kind = graph[node.ref.kind]
            if node.isGated, let gate = kind.gate, let due = gated(index, gate, now) { owed.append(due) }
            if let delay = kind.secondSweep, !isSecondSweep {
                let entity = EntityName.write(node.ref, graph, pool: plan.buffer.pool)
                let sweep = Owed.sweep(entity: entity)
                owed.append(Pending(id: sweep.id, due: now + delay, body: sweep.body))
            }
        }
        return owed
    }

    private func gated(_ index: Int, _ gate: Kind.Gate, _ now: Int64) -> Pending? {
        // A repeat that is still behind is owed again, under its own name.
        if let again = repeating[index] { return Pending(id: again.id, due: now + gate.interval, body: again.body) }
        guard let note = plan.records.last(where: { $0.node == Int32(index) }) else { return nil }
        let node = plan.nodes[index]
        let owed = Owed.gate(
            entity: EntityName.write(node.ref, graph, pool: plan.buffer.pool),
            version: node.version == Node.noVersion ? nil : node.version, isDelete: node.isDeleted,
            deadline: now + gate.deadline, origin: plan.partitions[Int(note.partition)].partition, offset: note.offset)
        return Pending(id: owed.id, due: now + gate.interval, body: owed.body)
    }
}
