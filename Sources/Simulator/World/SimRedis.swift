import FreshetCore

/// Redis as the schedule plays it: the model of the scripts, a replica that lags behind, and every way of losing
/// memory. Defences are switched off here, by bending the calls before the model sees them: the model's rules stay the
/// scripts'.
///
/// Confined to the playing thread, see `SimTime`.
final class SimRedis: @unchecked Sendable {
    var model: RedisModel
    /// What a replica, or a file on disk, has: the state some touches ago.
    private var behind: [RedisModel] = []
    private var starts = 1
    private(set) var isUp = true
    /// The highest checkpoint of each partition at any time.
    private(set) var reached: [Partition: Int64] = [:]
    /// Tickets that were taken too late, by what was asked for: of each chain the last.
    private var late: [Partition: (asked: Int64, given: Int64)] = [:]
    private let defences: Defences
    private let copies: Int
    private let time: SimTime
    static let group = "g"

    init(defences: Defences, copies: Int, touches: TouchBounds, time: SimTime) {
        self.defences = defences
        self.copies = copies
        self.time = time
        model = RedisModel(process: "p1", touchBounds: touches)
    }

    // MARK: Faults

    func flush() { model.flush() }

    func restartEmpty() {
        starts += 1
        model.restart(as: "p\(starts)")
        behind = []
    }

    /// Restarted from an older file, or failed over to a replica that lacked acknowledged writes.
    func restartBehind(by touches: Int) {
        starts += 1
        let state = behind.isEmpty ? nil : behind[max(0, behind.count - touches)]
        let isFull = model.isFull
        model.restart(as: "p\(starts)", from: state ?? model)
        // The copy may be from a time when memory was full.
        model.isFull = isFull
        behind = []
    }

    /// Copies of a time in which something else was true don't come back.
    func forgetCopies(where isForgotten: (RedisModel) -> Bool) { behind.removeAll(where: isForgotten) }

    func takeDown() { isUp = false }
    func bringUp() { isUp = true }
    func fill(_ isFull: Bool) { model.isFull = isFull }

    /// A copy now and then: every touch would cost more than the rest of the schedule.
    private func touched() {
        guard time.chance(copies) else { return }
        behind.append(model)
        if behind.count > 8 { behind.removeFirst() }
    }

    // MARK: Calls

    func ticket(graph: String) -> Ticket? {
        model.now = Int64(time.now / 1_000_000)
        touched()
        return model.ticket(graph: graph)
    }

    func apply(_ call: ApplyCall) -> ApplyReply {
        model.now = Int64(time.now / 1_000_000)
        touched()
        let bent = bend(call)
        let reply = model.apply(bent, group: Self.group, pendingLimit: 1_000)
        if !call.moves.isEmpty { noteReached() }
        if !defences.contains(.leftTouches) { model.record?.touches?.common = 0 }
        guard !defences.contains(.fence), case .applied(let refused) = reply, !refused.isEmpty else { return reply }
        for index in refused {
            let operations = bent.operations
            try? model.set(
                Array(operations.keys[index]), Array(operations.values[index]),
                timeToLive: operations.timesToLive[index])
        }
        return .applied(refused: [])
    }

    func unlink(_ keys: [[UInt8]]) {
        touched()
        model.unlink(keys)
    }

    private func bend(_ call: ApplyCall) -> ApplyCall {
        guard defences != .all, let record = model.record else { return call }
        var call = call
        if !defences.contains(.process) { call.ticket.process = model.process }
        if !defences.contains(.incarnation) { call.ticket.incarnation = record.incarnation }
        if !defences.contains(.floor) { call.ticket.number = max(call.ticket.number, record.floor) }
        if !defences.contains(.ticketFirst) { takeLateTicket(&call, record) }
        if !defences.contains(.chain) { call.link = nil }
        if !defences.contains(.touchFirst) { call.touched = BucketSet() }
        if !defences.contains(.history) { call.history = record.history }
        for index in call.moves.indices {
            let name = RedisModel.CheckpointName(group: Self.group, partition: call.moves[index].partition)
            if !defences.contains(.history), var stored = record.checkpoints[name], stored.history != record.history {
                stored.history = record.history
                model.record?.checkpoints[name] = stored
            }
            if !defences.contains(.gap) {
                let stored = record.checkpoints[name]?.offset ?? 0
                call.moves[index].from = min(call.moves[index].from, stored)
                call.moves[index].countedFrom = max(stored, call.moves[index].from)
                if record.checkpoints[name] == nil {
                    model.record?.checkpoints[name] = Checkpoint(
                        offset: call.moves[index].from, timestamp: -1, hash: 0, history: call.history,
                        counts: OutcomeCounts())
                }
            }
        }
        return call
    }

    /// The ticket as if it were taken after the data was read: now. The chunks of a slice share one, and the chain
    /// keeps the first.
    private func takeLateTicket(_ call: inout ApplyCall, _ record: RedisModel.Record) {
        guard let link = call.link else {
            call.ticket.number = model.ticket()?.number ?? call.ticket.number
            return
        }
        if link.index == 0 || late[link.name]?.asked != call.ticket.number {
            late[link.name] = (call.ticket.number, model.ticket()?.number ?? call.ticket.number)
        }
        call.ticket.number = late[link.name]?.given ?? call.ticket.number
        call.link?.batch = link.index > 0 ? record.chains[link.name]?.batch ?? link.batch : call.ticket.number
    }

    func look(_ partitions: [Partition]) -> ControlView { model.look(partitions, group: Self.group) }

    func establish(incarnation: String, owner: String, history: History) -> ControlView {
        touched()
        return model.establish(incarnation: incarnation, owner: owner, history: history)
    }

    func revise(_ revision: Revision, graph: String) -> RevisionReply {
        model.now = Int64(time.now / 1_000_000)
        touched()
        let reply = model.revise(revision, group: Self.group, graph: graph)
        if !revision.checkpoints.isEmpty { noteReached() }
        return reply
    }

    private func noteReached() {
        for (partition, checkpoint) in lastCheckpoints {
            reached[partition] = max(reached[partition] ?? 0, checkpoint.offset)
        }
    }

    func scan(pattern: String, cursor: UInt64, count: Int) -> (cursor: UInt64, keys: [[UInt8]]) {
        model.scan(pattern: pattern, cursor: cursor, count: count)
    }

    func get(_ key: [UInt8]) -> [UInt8]? { model.get(key) }
    func pending(dueBefore now: Int64, limit: Int) -> [Pending] { model.pending(dueBefore: now, limit: limit) }

    func touches(of keys: [[UInt8]], from place: Int64?) -> [TouchSight] {
        guard let log = model.record?.touches else {
            return keys.map { _ in TouchSight(place: -1, untouchedFrom: .max) }
        }
        let start = min(max(log.first, place ?? log.next), log.next)
        return keys.map { key in
            let bucket = key.withUnsafeBytes(Bucket.of)
            let last = log.touches.lastIndex { $0.buckets.contains(bucket) }.map { log.first + Int64($0) + 1 }
            return TouchSight(place: log.next, untouchedFrom: max(start, last ?? start))
        }
    }

    func lease(_ key: [UInt8]) -> RedisModel.LeaseAnswer { model.lease(key) }

    func fill(_ key: [UInt8], token: [UInt8], _ value: [UInt8]) {
        _ = try? model.fill(key, token: token, value: value, timeToLive: 86_400_000)
    }

    var lastCheckpoints: [Partition: Checkpoint] {
        var found: [Partition: Checkpoint] = [:]
        for (name, checkpoint) in model.record?.checkpoints ?? [:] { found[name.partition] = checkpoint }
        return found
    }
}
