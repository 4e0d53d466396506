import FreshetCore

/// receive → decode → plan.
extension Lane {
    /// Fills the plan with what is there, up to the batch's bounds; false if nothing came.
    ///
    /// Behind a long backlog it also waits for what is not there yet, within a bound: ten thousand events about one
    /// entity then cost one read, and the wait is nothing beside the lag.
    func gather() async throws(Fault) -> Bool {
        if isRetryLane { return try await gatherRetries() }
        let since = ahead.since
        var (records, isRemoved) = try await receive(within: receiveWait)
        guard records.count > 0 else { return false }
        report.lane = index
        report.received = since ?? surroundings.wallClock()
        var window = LaneWindow(settings, began: surroundings.now())
        while true {
            hasRemovedAhead = isRemoved && (hasRemovedAhead || plan.records.isEmpty)
            var wait = window.wait(
                after: records.count, held: plan.records.count, now: surroundings.now(), waiting: parts.log.waiting)
            if !ahead.isEmpty { wait = 0 }
            if wait == nil { await askForTicket() }
            // A partition that was seated while the receive was waiting: its first records are in this batch.
            takeSeats(holdingBatch: true)
            decode(records, 0..<records.count, into: &plan)
            // What was received is in hand: a fault of the log now must not keep it from being applied.
            guard let wait, hasRoom, isWanted, let more = try? await receive(within: wait), more.records.count > 0
            else { break }
            (records, isRemoved) = more
        }
        if !ticketIsAsked { await askForTicket() }
        report.records = plan.records.count
        report.entities = plan.changedCount
        if plan.changedCount >= min(settings.longBatch, entityBound) { parts.log.giveBack() }
        if plan.partitions.isEmpty {
            // Nothing of it was this lane's any more. The answer to what it asked is older than whatever comes next.
            ticketIsAsked = false
            return false
        }
        return true
    }

    /// First what came before its turn.
    private func receive(within wait: Int) async throws(Fault) -> (records: RecordBatch, isRemoved: Bool) {
        if let records = ahead.take() { return records }
        return (try await parts.log.receive(limit: settings.receiveRecords, within: wait), false)
    }

    /// Milliseconds to wait for the first record.
    var receiveWait: Int { reread.isEmpty ? settings.receiveWait : min(settings.receiveWait, settings.rereadWait) }

    private var hasRoom: Bool { plan.changedCount < entityBound && letterBytes < settings.batchBytes }

    /// What a batch owes and remembers goes with its last call, and what is owed has a bound.
    private var entityBound: Int {
        canOwe || remembers ? min(settings.batchEntities, settings.owingEntities) : settings.batchEntities
    }

    /// Nobody waits for what the lane has in hand: it isn't to stop, and none of its partitions was taken from it.
    private var isWanted: Bool {
        !desk.isStopping && plan.partitions.allSatisfy { seats.seat($0.assignment) != nil }
    }

    /// The ticket's round trip hides behind decoding. Captured events must be visible first, and gates must
    /// have been passed, so there it is asked for later; and where asking fails, the attempt asks again.
    private func askForTicket() async {
        if ticketMustWait { return }
        ticketIsAsked = (try? await parts.cache.requestTicket()) != nil
    }

    func decode(_ batch: RecordBatch, _ range: Range<Int>, into plan: inout Plan) {
        let decoder = parts.decoder
        var oldest = report.oldest
        var next = range.lowerBound
        while next < range.upperBound {
            let start = next
            let assignment = batch.records[start].assignment
            while next < range.upperBound && batch.records[next].assignment == assignment { next += 1 }
            guard let (partition, topic) = open(assignment, in: &plan) else { continue }
            for index in start..<next { decode(batch, index, partition, topic, decoder, &plan, &oldest) }
            close(partition, batch, lastBefore: next, in: &plan)
        }
        plan.settle()
        report.oldest = oldest
    }

    @inline(__always)
    private func decode(
        _ batch: RecordBatch, _ index: Int, _ partition: Int, _ topic: Int, _ decoder: any Decoder,
        _ plan: inout Plan, _ oldest: inout Int64
    ) {
        let (offset, timestamp) = (batch.records[index].offset, batch.records[index].timestamp)
        // A record below the position was handed out before (a rewind inside the log): its effects are in Redis.
        guard offset >= plan.partitions[partition].to else { return }
        plan.buffer.changes.removeAll(keepingCapacity: true)
        switch decoder.decode(batch, index, topic: topic, into: &plan.buffer) {
        case .changes:
            if hasTexts, let rejection = overlongKey(plan.buffer) {
                reject(batch, index, partition, rejection, &plan)
            } else {
                plan.noteChanges(partition: partition, offset: offset)
            }
        case .ignored:
            plan.note(RecordNote.ignored, partition: partition, offset: offset)
        case .rejected(let rejection):
            reject(batch, index, partition, rejection, &plan)
        }
        plan.advance(partition, to: offset + 1)
        if timestamp >= 0 && timestamp < oldest { oldest = timestamp }
    }

    private func reject(
        _ batch: RecordBatch, _ index: Int, _ partition: Int, _ rejection: Rejection, _ plan: inout Plan
    ) {
        let name = plan.partitions[partition].partition
        let copy = batch.copy(index, partition: name)
        letters.append(
            LaneLetter(LetterWriter(settings).deadLetter(copy, rejection, attempts: 1, now: surroundings.wallClock())))
        letterBytes += copy.value?.count ?? 0
        plan.note(RecordNote.deadLettered, partition: partition, offset: copy.offset)
        listener.heard(.rejected(name, offset: copy.offset, rejection, traceparent: copy.traceparent))
    }

    /// Numbers are bounded by their type and checked when the graph is loaded; texts are not.
    private func overlongKey(_ buffer: ChangeBuffer) -> Rejection? {
        for change in buffer.changes where change.operation != .truncate && graph[change.entity.kind].isPooled {
            for template in graph[change.entity.kind].keys {
                var key: [UInt8] = []
                if !graph.writeKey(template, change.entity, pool: buffer.pool, into: &key) {
                    return Rejection(
                        .keyTooLong,
                        "the key \(template.source) would have \(key.count) bytes, the bound is "
                            + "\(graph.namespace.maxKeyLength)")
                }
            }
        }
        return nil
    }

    func open(_ assignment: RecordBatch.Assignment, in plan: inout Plan) -> (partition: Int, topic: Int)? {
        guard let seat = seats.seat(assignment) else { return nil }
        if let partition = opened[assignment.slot] { return (partition, seat.topic) }
        let partition = plan.open(
            PlanPartition(
                partition: seat.partition, assignment: assignment, from: seat.position, countedFrom: seat.countedFrom))
        opened[assignment.slot] = partition
        return (partition, seat.topic)
    }

    /// Notes timestamp and hash of the last record, by which recovery recognises the topic.
    private func close(_ partition: Int, _ batch: RecordBatch, lastBefore end: Int, in plan: inout Plan) {
        let record = batch.records[end - 1]
        guard plan.partitions[partition].to == record.offset + 1 else { return }
        plan.advance(
            partition, to: record.offset + 1, timestamp: record.timestamp,
            hash: RecordHash.of(key: record.key, value: record.value))
    }
}
