import FreshetCore

extension RedisModel {
    /// `ticket.lua`
    package mutating func ticket(graph: String = "") -> Ticket? {
        guard var record else { return nil }
        if !graph.isEmpty, record.marks[Revision.graph]?.holder != graph { return nil }
        record.ticket += 1
        self.record = record
        return Ticket(number: record.ticket, process: process, incarnation: record.incarnation, history: record.history)
    }

    /// `apply.lua`; a full Redis runs it only where the call says that it invalidates.
    package mutating func apply(_ call: ApplyCall, group: String, pendingLimit: Int) -> ApplyReply {
        if isFull && !call.invalidateOnly { return .failed(Self.outOfMemory()) }
        guard call.ticket.process == process else { return .refused(.process) }
        guard var record, record.incarnation == call.ticket.incarnation else { return .refused(.incarnation) }
        if let refusal = Self.refusal(of: call, by: record, group: group, pendingLimit: pendingLimit) {
            return .refused(refusal)
        }
        let refused = touch(call, &record)
        let elsewhere = Self.move(call.moves, &record, group: group)
        for id in call.pendingRemoved { record.pending[id] = nil }
        for entry in call.pendingAdded { record.pending[entry.id] = entry }
        if let link = call.link {
            record.chains[link.name] =
                link.isLast ? nil : ChainEnd(batch: link.batch, index: link.index)
        }
        self.record = record
        return elsewhere.isEmpty ? .applied(refused: refused) : .overlap(refused: refused, stored: elsewhere)
    }

    /// `apply.lua` that dies half way: the touch is noted and the data of the first `keys` operations is done, and
    /// nothing after that. Redis rolls nothing back.
    package mutating func applyAndDie(_ call: ApplyCall, afterKeys keys: Int, group: String, pendingLimit: Int)
        -> ApplyReply
    {
        var whole = self
        let reply = whole.apply(call, group: group, pendingLimit: pendingLimit)
        switch reply {
        case .applied, .overlap: break
        case .refused, .failed: return reply
        }
        record?.touches = whole.record?.touches
        for index in 0..<min(keys, call.operations.count) {
            let key = Array(call.operations.keys[index])
            values[key] = whole.values[key]
            memories[key] = whole.memories[key]
        }
        return .failed(Fault(.redis, .redis("ERR"), "the model's script died half way"))
    }

    private static func refusal(
        of call: ApplyCall, by record: Record, group: String, pendingLimit: Int
    ) -> Refusal? {
        if call.ticket.number < record.floor && !isHarmless(call) { return .floor }
        if let refusal = difference(call.history, from: record.history) { return refusal }
        if let link = call.link, link.index > 0,
            record.chains[link.name] != ChainEnd(batch: link.batch, index: link.index - 1)
        {
            return .chain
        }
        for move in call.moves {
            let name = CheckpointName(group: group, partition: move.partition)
            guard let stored = record.checkpoints[name], stored.offset >= move.from else {
                return .gap(move.partition)
            }
            if let refusal = difference(call.history, from: stored.history) { return refusal }
        }
        var after = Set(record.pending.keys)
        after.subtract(call.pendingRemoved)
        after.formUnion(call.pendingAdded.map(\.id))
        let grows = after.count > record.pending.count
        return grows && after.count > pendingLimit ? .pendingFull : nil
    }

    /// Invalidates and remembers, and nothing else.
    private static func isHarmless(_ call: ApplyCall) -> Bool {
        call.moves.isEmpty && (call.invalidateOnly || call.operations.writes == 0)
    }

    private static func difference(_ history: History, from known: History) -> Refusal? {
        if history == known { return nil }
        return history.isOlder(than: known) ? .olderHistory : .newerHistory
    }

    /// `UNLINK`
    package mutating func unlink(_ keys: some Sequence<[UInt8]>) {
        for key in keys { values[key] = nil }
    }

    /// The touch and the data; answers the writes that were refused.
    private mutating func touch(_ call: ApplyCall, _ record: inout Record) -> [Int] {
        let operations = call.operations
        // The call's keys are judged by the log before it: two keys in one bucket don't refuse each other.
        let before = record.touches ?? TouchLog(ticket: record.ticket)
        let touched = call.buckets
        if !touched.isEmpty {
            var log = before
            log.append(touched, call.ticket.number, bounds: touchBounds)
            record.touches = log
        }
        var refused: [Int] = []
        for index in 0..<operations.count {
            let isBelow = before.refuses(call.ticket.number, operations.buckets[index])
            let isWrite = operations.timesToLive[index] > 0 && !call.invalidateOnly
            if operations.timesToLive[index] == KeyOperations.memory {
                remember(
                    Array(operations.keys[index]), Array(operations.values[index]), call.ticket,
                    newest: record.ticket)
            } else if isWrite && !isBelow {
                values[Array(operations.keys[index])] = Value(
                    bytes: Array(operations.values[index]), expires: now + operations.timesToLive[index])
            } else {
                if isWrite { refused.append(index) }
                values[Array(operations.keys[index])] = nil
            }
        }
        return refused
    }

    private mutating func remember(_ name: [UInt8], _ value: [UInt8], _ ticket: Ticket, newest: Int64) {
        let known = memories[name] ?? []
        let parts = value.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        let own = parts[0].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let ownNumber = own.count == 3 ? Int64(String(decoding: own[1], as: UTF8.self)) ?? 0 : 0
        var adds = known != parts[1]
        var tokens: [[UInt8]] = []
        for token in known.split(separator: UInt8(ascii: " ")) {
            let words = token.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            guard words[0].elementsEqual(ticket.incarnation.utf8) else { continue }
            let number = Int64(String(decoding: words[1], as: UTF8.self)) ?? 0
            if number > ticket.number { adds = true }
            let isSaid = own.count == 3 && words[2].elementsEqual(own[2]) && number <= ownNumber
            if !isSaid { tokens.append(Array(token)) }
        }
        if !adds {
            let entry = ticket.number < newest ? parts[2] : parts[0]
            memories[name] = entry.isEmpty ? nil : entry
        } else if !parts[0].isEmpty {
            memories[name] = Array((tokens + [parts[0]]).joined(separator: [UInt8(ascii: " ")]))
        }
    }

    private static func move(
        _ moves: [CheckpointMove], _ record: inout Record, group: String
    ) -> [Partition: Int64] {
        var elsewhere: [Partition: Int64] = [:]
        for move in moves {
            let name = CheckpointName(group: group, partition: move.partition)
            guard var stored = record.checkpoints[name], stored.offset < move.to else { continue }
            guard stored.offset == move.countedFrom else {
                elsewhere[move.partition] = stored.offset
                continue
            }
            stored.offset = move.to
            stored.timestamp = move.timestamp
            stored.hash = move.hash
            stored.counts = stored.counts + move.counts
            record.checkpoints[name] = stored
        }
        return elsewhere
    }
}
