import FreshetCore

/// receive → decode → plan.
extension Lane {
    /// Fills the plan with what is there, up to the batch's bound; false if nothing came.
    func gather() async throws(Fault) -> Bool {
        var records = try await parts.log.receive(limit: settings.receiveRecords, within: settings.receiveWait)
        guard records.count > 0 else { return false }
        report.lane = index
        report.received = surroundings.wallClock()
        while true {
            let isLast =
                records.count < settings.receiveRecords
                || plan.records.count + records.count + settings.receiveRecords > settings.batchRecords
            if isLast { await askForTicket() }
            decode(records)
            if isLast { break }
            // What was received is in hand: a fault of the log now must not keep it from being applied.
            guard let more = try? await parts.log.receive(limit: settings.receiveRecords, within: 0) else {
                await askForTicket()
                break
            }
            records = more
        }
        report.records = plan.records.count
        report.entities = plan.changedCount
        return !plan.partitions.isEmpty
    }

    /// The ticket's round trip hides behind decoding. Captured events must be visible first, so there it is asked for
    /// later; and where asking fails, the attempt asks again and deals with it.
    private func askForTicket() async {
        guard !graph.topics.contains(where: { $0.events == .capture }) else { return }
        ticketIsAsked = (try? await parts.cache.requestTicket()) != nil
    }

    private func decode(_ batch: RecordBatch) {
        // A partition that was seated while the receive was waiting: its first records are in this batch.
        takeSeats(holdingBatch: true)
        var previous = RecordBatch.Assignment(slot: .max, epoch: .max)
        var place: (partition: Int, seat: Seat)?
        for index in 0..<batch.count {
            let record = batch.records[index]
            if record.assignment != previous || place == nil {
                if let place { close(place.partition, batch, lastBefore: index) }
                previous = record.assignment
                place = open(record.assignment)
            }
            guard let place else { continue }
            // A record below the position was handed out before (a rewind inside the log): its effects are in Redis.
            guard record.offset >= plan.partitions[place.partition].to else { continue }
            decode(batch, index, record, place)
        }
        if let place { close(place.partition, batch, lastBefore: batch.count) }
    }

    private func decode(
        _ batch: RecordBatch, _ index: Int, _ record: RecordBatch.Record, _ place: (partition: Int, seat: Seat)
    ) {
        plan.buffer.changes.removeAll(keepingCapacity: true)
        switch parts.decoder.decode(batch, index, topic: place.seat.topic, into: &plan.buffer) {
        case .changes:
            if let rejection = overlongKey() {
                reject(batch, index, record, place, rejection)
            } else {
                plan.noteChanges(partition: place.partition, offset: record.offset)
            }
        case .ignored:
            plan.note(RecordNote.ignored, partition: place.partition, offset: record.offset)
        case .rejected(let rejection):
            reject(batch, index, record, place, rejection)
        }
        plan.advance(place.partition, to: record.offset + 1)
        if record.timestamp >= 0 && record.timestamp < report.oldest { report.oldest = record.timestamp }
    }

    private func reject(
        _ batch: RecordBatch, _ index: Int, _ record: RecordBatch.Record, _ place: (partition: Int, seat: Seat),
        _ rejection: Rejection
    ) {
        let copy = batch.copy(index, partition: place.seat.partition)
        letters.append(
            LetterWriter(settings).deadLetter(copy, rejection, attempts: 1, now: surroundings.wallClock()))
        plan.note(RecordNote.deadLettered, partition: place.partition, offset: record.offset)
        listener.heard(.rejected(place.seat.partition, offset: record.offset, rejection))
    }

    /// Numbers are bounded by their type and checked when the graph is loaded; texts are not.
    private func overlongKey() -> Rejection? {
        for change in plan.buffer.changes where change.operation != .truncate && graph[change.entity.kind].isPooled {
            for template in graph[change.entity.kind].keys {
                var key: [UInt8] = []
                if !graph.writeKey(template, change.entity, pool: plan.buffer.pool, into: &key) {
                    return Rejection(
                        .keyTooLong,
                        "the key \(template.source) would have \(key.count) bytes, the bound is "
                            + "\(graph.namespace.maxKeyLength)")
                }
            }
        }
        return nil
    }

    func open(_ assignment: RecordBatch.Assignment) -> (partition: Int, seat: Seat)? {
        guard let seat = seats.seat(assignment) else { return nil }
        if let partition = opened[assignment.slot] { return (partition, seat) }
        let partition = plan.open(
            PlanPartition(
                partition: seat.partition, assignment: assignment, from: seat.position, countedFrom: seat.countedFrom))
        opened[assignment.slot] = partition
        return (partition, seat)
    }

    /// Notes timestamp and hash of the last record, by which recovery recognises the topic.
    private func close(_ partition: Int, _ batch: RecordBatch, lastBefore end: Int) {
        let record = batch.records[end - 1]
        guard plan.partitions[partition].to == record.offset + 1 else { return }
        plan.advance(
            partition, to: record.offset + 1, timestamp: record.timestamp,
            hash: RecordHash.of(key: record.key, value: record.value))
    }
}
