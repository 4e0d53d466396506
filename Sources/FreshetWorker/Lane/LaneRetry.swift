import FreshetCore

/// The lane of the retry topics, beside the others and with connections of its own: what waits here holds up nothing.
///
/// Every record waits equally long, so the one at the head is always the next one due. Fences make a late retry
/// harmless: it reads again, under a ticket of its own.
extension Lane {
    var isRetryLane: Bool { index >= settings.lanes }

    /// Records that were received and are not due yet, from `next` on.
    struct Held {
        var batch: RecordBatch
        var next: Int
    }

    /// Fills the plan with what is due; false where nothing is.
    func gatherRetries() async throws(Fault) -> Bool {
        if held == nil {
            let records = try await parts.log.receive(limit: settings.receiveRecords, within: receiveWait)
            guard records.count > 0 else { return false }
            held = Held(batch: records, next: 0)
        }
        // A partition that was seated while the receive was waiting.
        takeSeats()
        guard let held else { return false }
        let (end, wait) = due(held)
        guard end > held.next else {
            await surroundings.sleep(milliseconds: Int(min(wait, Int64(receiveWait))))
            return false
        }
        report.lane = index
        report.received = surroundings.wallClock()
        decode(held.batch, held.next..<end, into: &plan)
        self.held = end < held.batch.count ? Held(batch: held.batch, next: end) : nil
        report.records = plan.records.count
        report.entities = plan.changedCount
        return !plan.partitions.isEmpty
    }

    /// Where the first record stands that must wait, and how many milliseconds.
    private func due(_ held: Held) -> (end: Int, wait: Int64) {
        let now = surroundings.wallClock()
        for index in held.next..<held.batch.count where seats.seat(held.batch.records[index].assignment) != nil {
            guard let notBefore = LetterHead(ours: held.batch.headers(index))?.notBefore, notBefore > now else {
                continue
            }
            return (index, notBefore - now)
        }
        return (held.batch.count, 0)
    }

    // MARK: Letters

    /// Why records leave a batch.
    enum Parting {
        /// For good: a person decides.
        case rejected
        /// It may go well later.
        case deferred
    }

    /// Letters for records whose payloads are gone from memory. One that the log has deleted meanwhile still gets its
    /// letter, which says so: nothing is counted as dead-lettered without one.
    func letters(
        of offsets: [Int64], from partition: Partition, _ rejection: Rejection, _ parting: Parting
    ) async throws(Fault) -> [(letter: Letter, isDeferred: Bool)] {
        let writer = LetterWriter(settings)
        let now = surroundings.wallClock()
        let records = try await parts.log.records(partition, at: offsets)
        let found = Dictionary(records.map { ($0.offset, $0) }, uniquingKeysWith: { first, _ in first })
        return offsets.map { offset in
            guard let record = found[offset] else {
                listener.heard(.rejected(partition, offset: offset, rejection, traceparent: nil))
                return (writer.lost(partition, offset, rejection, now: now), false)
            }
            if parting == .deferred, (writer.head(of: record)?.attempts ?? 0) < settings.retry.rounds {
                listener.heard(.deferred(partition, offset: offset, rejection, traceparent: record.traceparent))
                let notBefore = now + Int64(settings.retry.delay)
                return (writer.deferred(record, rejection, attempts: 1, now: now, notBefore: notBefore), true)
            }
            listener.heard(.rejected(partition, offset: offset, rejection, traceparent: record.traceparent))
            return (writer.deadLetter(record, rejection, attempts: 1, now: now), false)
        }
    }
}
