import FreshetCore

extension RedisCacheStore {
    /// A command holds Redis for everybody: 512 keys take about 0.2 ms.
    private static let keysPerUnlink = 512

    package func apply(_ calls: [ApplyCall]) async throws(Fault) -> [ApplyReply] {
        try await apply(calls, meanwhile: nil)
    }

    package func apply(_ calls: [ApplyCall], meanwhile: Meanwhile?) async throws(Fault) -> [ApplyReply] {
        var answers: [ApplyReply] = []
        var rounds = 0
        while answers.count < calls.count {
            _ = try guarded { () throws(Fault) in try open() }
            commands.removeAll()
            for call in calls[answers.count...] { append(call) }
            var replies = try await exchange(meanwhile)[...]
            while let call = answers.count < calls.count ? calls[answers.count] : nil {
                let own = replies.prefix(replyCount(of: call))
                replies = replies.dropFirst(own.count)
                // Redis forgot its scripts in the middle. What came after is sent again too, in order: a call that is
                // applied twice under one ticket leaves the same state, and a chained one is refused.
                if own.contains(where: isNoScript) && rounds < 3 { break }
                answers.append(answer(Array(own), to: call))
            }
            rounds += 1
            if answers.count < calls.count { try load() }
        }
        return answers
    }

    private func append(_ call: ApplyCall) {
        if !call.removals.isEmpty {
            appendScript(call.touch)
            appendRemovals(call.removals)
        }
        appendScript(call)
    }

    func appendRemovals(_ keys: ByteArena) {
        commands.reserve(keys.byteCount + 16 * keys.count)
        for start in stride(from: 0, to: keys.count, by: Self.keysPerUnlink) {
            let end = min(start + Self.keysPerUnlink, keys.count)
            commands.begin(arguments: 1 + end - start)
            commands.add("UNLINK")
            for index in start..<end { keys.with(index) { commands.add($0) } }
        }
    }

    private func replyCount(of call: ApplyCall) -> Int {
        if call.removals.isEmpty { return 1 }
        return 2 + (call.removals.count + Self.keysPerUnlink - 1) / Self.keysPerUnlink
    }

    private func appendScript(_ call: ApplyCall) {
        let operations = call.operations
        // The script wants the writes first, so that invalidations are one UNLINK of one range.
        let writes = writes(of: call)
        let others = (0..<operations.count).filter { !operations.sets($0, invalidateOnly: call.invalidateOnly) }
        let arguments =
            17 + 2 * writes.count + 11 * call.moves.count + 3 * call.pendingAdded.count
            + call.pendingRemoved.count
        commands.reserve(operations.byteCount + 32 * operations.count + 1_024)
        begin(call.invalidateOnly ? .applyWhenFull : .apply, keys: 1 + operations.count, arguments: arguments)
        commands.add(record)
        for index in writes { operations.keys.with(index) { commands.add($0) } }
        for index in others { operations.keys.with(index) { commands.add($0) } }
        appendHead(call, writes: writes.count)
        commands.add(call.buckets.bytes)
        commands.add(writes.flatMap { Self.bytes(of: operations.buckets[$0]) })
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
        commands.add(call.link?.batch ?? 0)
        commands.add(touchBounds.entries)
        commands.add(touchBounds.bytes)
    }

    /// Big end first.
    private static func bytes(of bucket: UInt16) -> [UInt8] {
        [UInt8(truncatingIfNeeded: bucket >> 8), UInt8(truncatingIfNeeded: bucket)]
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

    /// What failed or was refused before the call itself is its answer: none of it may be passed over.
    private func answer(_ replies: [RedisReply], to call: ApplyCall) -> ApplyReply {
        if !call.removals.isEmpty {
            let touched = answer(replies[0], to: call.touch)
            guard case .applied = touched else { return touched }
            for reply in replies.dropFirst().dropLast() where reply.int == nil {
                return .failed(unexpected(reply, to: "UNLINK"))
            }
        }
        return answer(replies[replies.count - 1], to: call)
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
