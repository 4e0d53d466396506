import FreshetCore

/// Records that came while the batch in hand waited for an answer. They are the next batch's, as if they were in the
/// log still; only the own keys of what they change are gone already.
struct LaneAhead {
    /// Records that are looked at before their turn: behind more than that, a moment is nothing.
    static let most = 1_024

    private var batches: [(records: RecordBatch, isRemoved: Bool)] = []
    private(set) var count = 0
    /// When the first of them came; wall clock.
    private(set) var since: Int64?
    /// What the removal met, and the batch in hand would have met next.
    var fault: Fault?
    /// The changes of what came last.
    var plan = Plan()

    var isEmpty: Bool { batches.isEmpty }
    var room: Int { max(0, Self.most - count) }

    mutating func append(_ records: RecordBatch, isRemoved: Bool, now: Int64) {
        since = since ?? now
        batches.append((records, isRemoved))
        count += records.count
    }

    mutating func take() -> (records: RecordBatch, isRemoved: Bool)? {
        if batches.isEmpty { return nil }
        let first = batches.removeFirst()
        count -= first.records.count
        if batches.isEmpty { since = nil }
        return first
    }
}

extension Lane {
    /// What the lane does while it waits for an answer; nil where nothing goes ahead. What must be visible first, or
    /// pass a gate, would only come back.
    var lookAhead: Meanwhile? {
        let bell = parts.log.bell
        guard
            removesAhead, !ticketMustWait, bell >= 0, !isRetryLane, performing.isEmpty, ahead.room > 0, !desk.isStopping
        else { return nil }
        return Meanwhile(descriptor: bell) { await self.takeAhead() }
    }

    /// False where nothing more is to be looked at before its turn.
    private func takeAhead() async -> Bool {
        guard let records = try? await parts.log.rung(limit: ahead.room), records.count > 0 else { return true }
        let now = surroundings.wallClock()
        guard records.count < ahead.room else {
            ahead.append(records, isRemoved: false, now: now)
            return false
        }
        defer { ahead.plan.removeAll() }
        noteChanges(of: records)
        let keys = ahead.plan.keysToRemoveAhead(graph, limit: settings.emission.keysPerCall)
        ahead.append(records, isRemoved: true, now: now)
        if keys.isEmpty { return true }
        do throws(Fault) { try await parts.cache.removeAhead(keys) } catch {
            ahead.fault = error
            return false
        }
        return true
    }

    /// Whatever else is to be said about a record is said when its turn has come.
    private func noteChanges(of records: RecordBatch) {
        for index in 0..<records.count {
            guard let seat = seats.seat(records.records[index].assignment) else { continue }
            ahead.plan.buffer.changes.removeAll(keepingCapacity: true)
            guard case .changes = parts.decoder.decode(records, index, topic: seat.topic, into: &ahead.plan.buffer)
            else { continue }
            for change in ahead.plan.buffer.changes where change.operation != .truncate { ahead.plan.add(change) }
        }
    }
}
