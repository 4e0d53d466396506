import FreshetCore

extension RedisModel {
    /// `look.lua`
    package func look(_ partitions: [Partition], group: String) -> ControlView {
        guard let record else { return ControlView(process: process, record: nil) }
        var checkpoints: [Partition: Checkpoint] = [:]
        for partition in partitions {
            checkpoints[partition] = record.checkpoints[CheckpointName(group: group, partition: partition)]
        }
        return ControlView(
            process: process,
            record: ControlView.Record(
                incarnation: record.incarnation, owner: record.owner, floor: record.floor, ticket: record.ticket,
                history: record.history, rebuilding: record.marks[Revision.rebuild], fingerprints: record.fingerprints,
                checkpoints: checkpoints, pendingCount: record.pending.count, memory: record.memory,
                swept: record.swept,
                orders: record.orders,
                flushed: record.flushed.flatMap { $0.history == record.history ? $0.position : nil },
                graph: record.marks[Revision.graph]))
    }

    /// `establish.lua`
    package mutating func establish(incarnation: String, owner: String, history: History) -> ControlView {
        if record == nil { record = Record(incarnation: incarnation, owner: owner, history: history) }
        return look([], group: "")
    }

    /// `revise.lua`
    package mutating func revise(_ revision: Revision, group: String, graph: String = "") -> RevisionReply {
        guard revision.process == process else { return .refused(.process) }
        guard let record, record.incarnation == revision.incarnation else { return .refused(.incarnation) }
        if let seen = revision.seenFloor, seen != record.floor { return .overtaken }
        var revised = record
        if let floor = revision.floor { revised.floor = max(floor, record.floor) }
        if let memory = revision.memory { revised.memory = max(memory, record.memory) }
        revised.swept.merge(revision.swept) { max($0, $1) }
        revised.orders.merge(revision.orders) { $1 }
        revised.orders = revised.orders.filter { $0.value != .auto }
        if let mark = revision.takeMark {
            let current = record.marks[mark.name]
            if let current, !mark.seizes, current.holder != mark.holder, current.leaseUntil > now { return .markHeld }
            if mark.name == Revision.graph, current?.holder != mark.holder {
                revised.floor = max(revised.floor, record.ticket) + 1
                revised.ticket = revised.floor
            }
            revised.marks[mark.name] = Rebuilding(
                holder: mark.holder, leaseUntil: now + mark.leaseMilliseconds, body: mark.body)
        } else if let mark = revision.releaseMark {
            guard record.marks[mark.name]?.holder == mark.holder else { return .markHeld }
            revised.marks[mark.name] = nil
        } else if revision.isGraphs, !graph.isEmpty, record.marks[Revision.graph]?.holder != graph {
            return .markHeld
        }
        if let history = revision.history, history != record.history {
            if !revision.forceHistory {
                if history.system != record.history.system { return .refused(.newerHistory) }
                if history.isOlder(than: record.history) { return .refused(.olderHistory) }
            }
            revised.history = history
        }
        if let flushed = revision.flushed, flushed.history == revised.history {
            let before = record.flushed?.history == flushed.history ? record.flushed?.position : nil
            if before ?? 0 < flushed.position || before == nil { revised.flushed = flushed }
        }
        for (partition, checkpoint) in revision.checkpoints {
            let name = CheckpointName(group: group, partition: partition)
            var set = checkpoint
            if let seen = revision.seen[partition], seen != record.checkpoints[name]?.offset ?? -1 {
                return .overtaken
            }
            if let stored = record.checkpoints[name] { set.counts = stored.counts }
            revised.checkpoints[name] = set
        }
        revised.fingerprints.merge(revision.fingerprints) { $1 }
        revised.fingerprints = revised.fingerprints.filter { !$0.value.isEmpty }
        for (partition, offset) in revision.committed {
            revised.checkpoints[CheckpointName(group: group, partition: partition)]?.committed = offset
        }
        for (name, note) in revision.notes where note.expected ?? record.notes[name] ?? "" == record.notes[name] ?? "" {
            revised.notes[name] = note.text.isEmpty ? nil : note.text
        }
        self.record = revised
        return .done
    }

    /// `HMGET` of notes.
    package func notes(_ names: [String]) -> [String: String] {
        record?.notes.filter { names.contains($0.key) } ?? [:]
    }

    /// `HMGET` of an edge's memory.
    package func recall(_ edge: [UInt8], _ children: [[UInt8]]) -> [[UInt8]?] {
        children.map { memories[edge + [UInt8(ascii: ":")] + $0] }
    }

    /// `pending.lua`
    package func pending(dueBefore moment: Int64, limit: Int) -> [Pending] {
        let due = (record?.pending.values ?? [:].values).filter { $0.due <= moment }
        // Bytes, as Redis compares them.
        let sorted = due.sorted { a, b in
            a.due == b.due ? a.id.utf8.lexicographicallyPrecedes(b.id.utf8) : a.due < b.due
        }
        return Array(sorted.prefix(limit))
    }
}
