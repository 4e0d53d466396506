import FreshetCore

extension RedisCacheStore {
    package func apply(_ calls: [ApplyCall]) async throws(Fault) -> [ApplyReply] {
        var answers: [ApplyReply] = []
        var rounds = 0
        while answers.count < calls.count {
            _ = try guarded { () throws(Fault) in try open() }
            commands.removeAll()
            for call in calls[answers.count...] { append(call) }
            let replies = try exchange()
            for reply in replies {
                // Redis forgot its scripts in the middle. What came after is sent again too, in order: a call that is
                // applied twice under one ticket leaves the same state, and a chained one is refused.
                if isNoScript(reply) && rounds < 3 { break }
                answers.append(answer(reply, to: calls[answers.count]))
            }
            rounds += 1
            if answers.count < calls.count { try load() }
        }
        return answers
    }

    private func append(_ call: ApplyCall) {
        let operations = call.operations
        // The script wants the writes first, so that invalidations are one UNLINK of one range.
        let writes = writes(of: call)
        let others = (0..<operations.count).filter { !operations.sets($0, invalidateOnly: call.invalidateOnly) }
        let arguments =
            12 + operations.count + 2 * writes.count + 11 * call.moves.count + 3 * call.pendingAdded.count
            + call.pendingRemoved.count
        commands.reserve(operations.byteCount + 32 * operations.count + 1_024)
        begin(call.invalidateOnly ? .applyWhenFull : .apply, keys: 1 + operations.count, arguments: arguments)
        commands.add(record)
        for index in writes { operations.keys.with(index) { commands.add($0) } }
        for index in others { operations.keys.with(index) { commands.add($0) } }
        appendHead(call, writes: writes.count)
        for index in writes { commands.add(Int64(operations.buckets[index])) }
        for index in others { commands.add(Int64(operations.buckets[index])) }
        for index in writes { operations.values.with(index) { commands.add($0) } }
        for index in writes { commands.add(operations.timesToLive[index]) }
        for move in call.moves { append(move) }
        for entry in call.pendingAdded {
            commands.add(entry.id)
            commands.add(entry.due)
            commands.add(entry.body)
        }
        for id in call.pendingRemoved { commands.add(id) }
    }

    private func writes(of call: ApplyCall) -> [Int] {
        guard call.operations.writes + call.operations.memories > 0 else { return [] }
        return (0..<call.operations.count).filter { call.operations.sets($0, invalidateOnly: call.invalidateOnly) }
    }

    private func appendHead(_ call: ApplyCall, writes: Int) {
        commands.add(call.ticket.process)
        commands.add(call.ticket.incarnation)
        commands.add(call.ticket.number)
        commands.add(call.history.description)
        commands.add(writes)
        commands.add(call.link.map { ControlField.chain($0.name) } ?? "")
        commands.add(call.link?.index ?? 0)
        commands.add(call.link?.isLast == true ? 1 : 0)
        commands.add(call.moves.count)
        commands.add(call.pendingAdded.count)
        commands.add(call.pendingRemoved.count)
        commands.add(pendingLimit)
    }

    private func append(_ move: CheckpointMove) {
        commands.add(ControlField.checkpoint(group, move.partition))
        commands.add(move.from)
        commands.add(move.countedFrom)
        commands.add(move.to)
        commands.add(move.timestamp)
        commands.add(String(move.hash))
        for outcome in Outcome.allCases { commands.add(move.counts[outcome]) }
    }

    private func answer(_ reply: RedisReply, to call: ApplyCall) -> ApplyReply {
        if case .error = reply { return .failed(unexpected(reply, to: "apply.lua")) }
        guard let parts = reply.elements, parts.count >= 2 else {
            return .failed(unexpected(reply, to: "apply.lua"))
        }
        func partition(_ field: RedisReply) -> Partition? {
            call.moves.first { ControlField.checkpoint(group, $0.partition) == field.text }?.partition
        }
        // The script numbers the writes; the caller numbers the operations.
        func refused() -> [Int] {
            let indices = parts[1].elements?.compactMap(\.int) ?? []
            if indices.isEmpty { return [] }
            let writes = writes(of: call)
            return indices.compactMap { writes.indices.contains(Int($0)) ? writes[Int($0)] : nil }
        }
        switch parts[0].text {
        case "applied":
            return .applied(refused: refused())
        case "overlap":
            var stored: [Partition: Int64] = [:]
            let pairs = parts.count > 2 ? parts[2].elements ?? [] : []
            for index in stride(from: 0, to: pairs.count - 1, by: 2) {
                if let partition = partition(pairs[index]) { stored[partition] = pairs[index + 1].int }
            }
            return .overlap(refused: refused(), stored: stored)
        case "refused":
            let field = parts.count > 2 ? partition(parts[2]) : nil
            if let refusal = ControlField.parse(refusal: parts[1].text ?? "", partition: field) {
                return .refused(refusal)
            }
        default: break
        }
        return .failed(unexpected(reply, to: "apply.lua"))
    }
}
