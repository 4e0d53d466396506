import FreshetCore

extension RedisCacheStore {
    package func look(_ partitions: [Partition]) async throws(Fault) -> ControlView {
        let reply = try call(.look) {
            begin(.look, keys: 1, arguments: partitions.count)
            commands.add(record)
            for partition in partitions { commands.add(ControlField.checkpoint(group, partition)) }
        }
        guard let view = view(reply, partitions) else { throw unexpected(reply, to: "look.lua") }
        return view
    }

    package func establish(
        incarnation: String, owner: String, history: History
    ) async throws(Fault) -> ControlView {
        let reply = try call(.establish) {
            begin(.establish, keys: 1, arguments: 3)
            commands.add(record)
            commands.add(incarnation)
            commands.add(owner)
            commands.add(history.description)
        }
        guard reply.int != nil else { throw unexpected(reply, to: "establish.lua") }
        return try await look([])
    }

    package func revise(_ revision: Revision) async throws(Fault) -> RevisionReply {
        let reply = try call(.revise) { append(revision) }
        guard let parts = reply.elements, let word = parts.first?.text else {
            throw unexpected(reply, to: "revise.lua")
        }
        switch word {
        case "done": return .done
        case "mark-held": return .markHeld
        case "overtaken": return .overtaken
        case "refused":
            if parts.count > 1, let refusal = ControlField.parse(refusal: parts[1].text ?? "", partition: nil) {
                return .refused(refusal)
            }
        default: break
        }
        throw unexpected(reply, to: "revise.lua")
    }

    private func append(_ revision: Revision) {
        let checkpoints = revision.checkpoints.sorted { $0.key < $1.key }
        let fingerprints = revision.fingerprints.sorted { $0.key < $1.key }
        let committed = revision.committed.sorted { $0.key < $1.key }
        let swept = revision.swept.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let orders = revision.orders.sorted { $0.key.rawValue < $1.key.rawValue }
        let notes = revision.notes.sorted { $0.key < $1.key }
        let count =
            18 + 12 * checkpoints.count + 2 * fingerprints.count + 2 * committed.count + 4 * notes.count
        begin(.revise, keys: 1, arguments: count)
        commands.add(record)
        commands.add(revision.process)
        commands.add(revision.incarnation)
        commands.add(revision.floor.map { String($0) } ?? "")
        commands.add(revision.memory.map { String($0) } ?? "")
        commands.add(revision.seenFloor.map { String($0) } ?? "")
        commands.add(verb(revision))
        commands.add(revision.takeMark?.holder ?? revision.releaseMark?.holder ?? graph)
        commands.add(revision.takeMark?.leaseMilliseconds ?? 0)
        commands.add(revision.takeMark?.body ?? [])
        commands.add(revision.history?.description ?? "")
        commands.add(revision.forceHistory ? 1 : 0)
        commands.add(swept.joined(separator: " "))
        commands.add(orders.map { "\($0.key.rawValue) \($0.value.rawValue)" }.joined(separator: " "))
        commands.add(revision.flushed?.description ?? "")
        commands.add(checkpoints.count)
        commands.add(fingerprints.count)
        commands.add(committed.count)
        commands.add(notes.count)
        for (partition, checkpoint) in checkpoints {
            append(checkpoint, of: partition, seen: revision.seen[partition])
        }
        for (kind, fingerprint) in fingerprints {
            commands.add(kind)
            commands.add(fingerprint)
        }
        for (partition, offset) in committed {
            commands.add(ControlField.checkpoint(group, partition))
            commands.add(offset)
        }
        for (name, note) in notes {
            commands.add(ControlField.note(name))
            commands.add(note.expected == nil ? 0 : 1)
            commands.add(note.expected ?? "")
            commands.add(note.text)
        }
    }

    package func notes(_ names: [String]) async throws(Fault) -> [String: String] {
        guard !names.isEmpty else { return [:] }
        let reply = try command((["HMGET", record] + names.map(ControlField.note)).map { Array($0.utf8) })
        guard let texts = reply.elements, texts.count == names.count else { throw unexpected(reply, to: "HMGET") }
        var notes: [String: String] = [:]
        for (name, text) in zip(names, texts) {
            if let text = text.text, !text.isEmpty { notes[name] = text }
        }
        return notes
    }

    /// Checkpoints and fingerprints are set by the graph that works with the cache, and by no other one.
    private func verb(_ revision: Revision) -> String {
        if let take = revision.takeMark { return "\(take.seizes ? "seize" : "take") \(take.name)" }
        if let release = revision.releaseMark { return "release \(release.name)" }
        return revision.isGraphs && !graph.isEmpty ? "for \(Revision.graph)" : ""
    }

    private func append(_ checkpoint: Checkpoint, of partition: Partition, seen: Int64?) {
        commands.add(ControlField.checkpoint(group, partition))
        commands.add(seen.map { String($0) } ?? "")
        commands.add(checkpoint.offset)
        commands.add(checkpoint.timestamp)
        commands.add(String(checkpoint.hash))
        commands.add(checkpoint.history.description)
        for outcome in Outcome.allCases { commands.add(checkpoint.counts[outcome]) }
        commands.add(checkpoint.committed)
    }

    private func view(_ reply: RedisReply, _ partitions: [Partition]) -> ControlView? {
        guard let parts = reply.elements, let process = parts.first?.text else { return nil }
        if parts.count == 1 { return ControlView(process: process, record: nil) }
        guard parts.count == 15, let incarnation = parts[1].text, let owner = parts[2].text,
            let floor = parts[3].int, let ticket = parts[4].int, let history = parts[5].text.flatMap({ History($0) }),
            let rebuilding = parts[6].bytes, let pending = parts[7].int, let graph = parts[8].elements,
            let texts = parts[9].elements, texts.count == partitions.count,
            let memory = parts[10].int, let swept = parts[11].text.flatMap(ControlField.parse(swept:)),
            let orders = parts[12].elements, orders.count == Dependency.allCases.count,
            let flushed = parts[13].text, let claim = parts[14].bytes
        else { return nil }
        var fingerprints: [String: String] = [:]
        for index in stride(from: 0, to: graph.count - 1, by: 2) {
            guard let kind = graph[index].text else { return nil }
            fingerprints[kind] = graph[index + 1].text
        }
        var checkpoints: [Partition: Checkpoint] = [:]
        for (partition, text) in zip(partitions, texts) where text != .null {
            guard let checkpoint = text.text.flatMap(ControlField.parse(checkpoint:)) else { return nil }
            checkpoints[partition] = checkpoint
        }
        return ControlView(
            process: process,
            record: ControlView.Record(
                incarnation: incarnation, owner: owner, floor: floor, ticket: ticket, history: history,
                rebuilding: ControlField.parse(rebuilding: rebuilding), fingerprints: fingerprints,
                checkpoints: checkpoints, pendingCount: Int(pending), memory: memory, swept: swept,
                orders: Dictionary(
                    zip(Dependency.allCases, orders).compactMap { dependency, order in
                        Breaker.Order(rawValue: order.text ?? "").map { (dependency, $0) }
                    }, uniquingKeysWith: { first, _ in first }),
                flushed: ControlField.parse(flushed: flushed, in: history), graph: ControlField.parse(rebuilding: claim)
            ))
    }
}
