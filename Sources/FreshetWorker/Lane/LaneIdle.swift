import FreshetCore

/// What a lane does when no record comes.
extension Lane {
    /// True where a partition's end was reached without records: that is a batch too.
    func idle() async throws(Fault) -> Bool {
        // What is held was handed out and isn't done.
        if held == nil && ahead.isEmpty { openReachedEnds() }
        if !plan.partitions.isEmpty { return true }
        let now = surroundings.now()
        guard now - lastLook >= UInt64(settings.idleLook) * 1_000_000 else { return false }
        try await counted { () throws(Fault) in
            lastLook = now
            try await look()
        }
        return false
    }

    /// Reaching a partition's end without records (compacted away, transaction markers) moves its checkpoint too.
    private func openReachedEnds() {
        for (assignment, offset) in parts.log.reachedEnds() {
            guard
                let seat = seats.seat(assignment), seat.position < offset, let place = open(assignment, in: &plan)
            else { continue }
            plan.advance(place.partition, to: offset)
        }
    }

    /// Otherwise a loss on a quiet partition would stay unseen until its next event.
    private func look() async throws(Fault) {
        let active = seats.active
        guard !active.isEmpty else { return }
        let view = try await parts.cache.look(active.map(\.partition))
        answered.insert(.redis)
        guard let record = view.record else { return requestRecovery(.incarnation) }
        for seat in active {
            guard let checkpoint = record.checkpoints[seat.partition], checkpoint.offset >= seat.position else {
                return requestRecovery(.gap(seat.partition))
            }
        }
        try await compare(record, active)
    }

    private func compare(_ record: ControlView.Record, _ active: [Seat]) async throws(Fault) {
        let present = try await parts.models.position().history.counted(like: record.history)
        answered.insert(.postgres)
        if present != record.history {
            if present.isOlder(than: record.history) {
                history = nil
                parts.models.disconnect()
                return
            }
            return requestRecovery(.newerHistory)
        }
        history = present
        if active.contains(where: { record.checkpoints[$0.partition]?.history != present }) {
            requestRecovery(.newerHistory)
        }
    }
}
