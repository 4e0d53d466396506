import FreshetCore

/// A connection to the played Redis. The effect happens somewhere between call and answer, so a crash or a lost
/// connection may come on either side of it.
final class SimCache: FencedCache {
    private let world: SimWorld
    private let process: SimProcess
    private let slowness: Int
    private var asked = Asked.nothing
    private var requests = 0

    private enum Asked {
        case nothing
        /// It is on its way, as the request of this number.
        case sent(Int)
        case answered(Ticket?)
    }

    init(_ world: SimWorld, _ process: SimProcess, lane: Int) {
        self.world = world
        self.process = process
        slowness = lane < process.slowness.count ? process.slowness[lane] : 1
    }

    private func call<R>(_ effect: () -> R) async throws(Fault) -> R {
        try await way()
        let result = effect()
        try await way()
        return result
    }

    private func way() async throws(Fault) {
        guard process.isAlive else { throw SimProcess.dead }
        await world.time.sleep(world.latency(slowness), in: process)
        guard process.isAlive else { throw SimProcess.dead }
        try checkConnection()
        arrive()
    }

    /// What was sent before arrives before.
    private func arrive() {
        if case .sent(let request) = asked { handOut(request) }
    }

    private func checkConnection() throws(Fault) {
        if world.redis.isUp { return }
        asked = .nothing
        throw Fault(.redis, .connectionLost, "Redis is away")
    }

    /// Comes back at once. The ticket is handed out some time later: in one of four behind everything that the caller
    /// doesn't let wait for it.
    func requestTicket() async throws(Fault) {
        guard process.isAlive else { throw SimProcess.dead }
        try checkConnection()
        arrive()
        requests += 1
        let request = requests
        asked = .sent(request)
        if world.time.chance(25) { return }
        world.time.schedule(after: world.latency(slowness)) { [weak self] in self?.handOut(request) }
    }

    private func handOut(_ request: Int) {
        guard case .sent(request) = asked, process.isAlive, world.redis.isUp else { return }
        asked = .answered(world.redis.ticket(graph: world.print(of: process)))
    }

    func ticket() async throws(Fault) -> Ticket? {
        try await way()
        guard case .answered(let ticket) = asked else {
            throw Fault(.redis, .connectionLost, "no ticket was asked for")
        }
        asked = .nothing
        await world.ambush(.afterTicket, process)
        guard process.isAlive else { throw SimProcess.dead }
        return ticket
    }

    /// Each comes to Redis at a time of its own, before whatever is sent next.
    func removeAhead(_ keys: ByteArena) async throws(Fault) {
        for index in 0..<keys.count {
            try await way()
            guard busy() == nil else { continue }
            world.redis.unlink([Array(keys[index])])
            world.note("\(process.number) remove ahead \(keys.string(index))")
        }
    }

    func apply(_ calls: [ApplyCall]) async throws(Fault) -> [ApplyReply] {
        try await apply(calls, meanwhile: nil)
    }

    func apply(_ calls: [ApplyCall], meanwhile: Meanwhile?) async throws(Fault) -> [ApplyReply] {
        if let meanwhile, world.time.chance(20) { _ = await meanwhile.act() }
        try await way()
        await world.ambush(.beforeApply, process)
        var replies: [ApplyReply] = []
        for (index, call) in calls.enumerated() {
            if index > 0 { await world.ambush(.betweenCalls, process) }
            guard process.isAlive else { throw SimProcess.dead }
            var reply: ApplyReply?
            if !call.removals.isEmpty { reply = try await remove(call) }
            guard process.isAlive else { throw SimProcess.dead }
            let own = busy() ?? world.redis.apply(call)
            let answer = reply ?? own
            world.note(
                "\(process.number) apply ticket \(call.ticket.number) "
                    + (0..<call.operations.count).map {
                        call.operations.keys.string($0)
                            + (call.operations.timesToLive[$0] < 0 ? "✗" : "=\(call.operations.values.string($0))")
                    }.joined(separator: ", ")
                    + (0..<call.removals.count).map { call.removals.string($0) + "✗✗" }.joined(separator: ", ")
                    + " moves "
                    + call.moves.map {
                        "\($0.partition.number):\($0.from)→\($0.to) counted \($0.counts.total) from \($0.countedFrom)"
                    }.joined(separator: ", ") + " → \(answer)")
            replies.append(answer)
            // Others come between two calls of a pipeline.
            if calls.count > 1 { try await way() }
        }
        let failed = replies.map { if case .failed = $0 { true } else { false } }
        await world.ambush(failed.contains(true) && failed.last == false ? .afterFailure : .afterApply, process)
        try await way()
        return replies
    }

    /// What goes before a call with removals: a touch, and each removal at a time of its own, for others come between
    /// them. Answers what must not be passed over.
    private func remove(_ call: ApplyCall) async throws(Fault) -> ApplyReply? {
        var refusal: ApplyReply?
        switch busy() ?? world.redis.apply(call.touch) {
        case .applied: break
        case let reply: refusal = reply
        }
        for index in 0..<call.removals.count {
            await world.ambush(.betweenCalls, process)
            try await way()
            if let failure = busy() {
                if world.plan.defences.contains(.removalAnswer) { refusal = refusal ?? failure }
            } else {
                world.redis.unlink([Array(call.removals[index])])
            }
        }
        return refusal
    }

    /// A single call that Redis doesn't do, where that fault is asked for.
    private func busy() -> ApplyReply? {
        guard world.plan.faults.contains(.busy), world.time.chance(world.plan.busy) else { return nil }
        return .failed(Fault(.redis, .redis("BUSY"), "Redis runs another script"))
    }

    func look(_ partitions: [Partition]) async throws(Fault) -> ControlView {
        try await call { world.redis.look(partitions) }
    }

    func establish(incarnation: String, owner: String, history: History) async throws(Fault) -> ControlView {
        try await call { world.redis.establish(incarnation: incarnation, owner: owner, history: history) }
    }

    func revise(_ revision: Revision) async throws(Fault) -> RevisionReply {
        try await call {
            let reply = world.redis.revise(revision, graph: world.print(of: process))
            world.note("\(process.number) revise \(revision) → \(reply)")
            return reply
        }
    }

    func scan(pattern: String, cursor: UInt64, count: Int) async throws(Fault) -> (cursor: UInt64, keys: [[UInt8]]) {
        try await call { world.redis.scan(pattern: pattern, cursor: cursor, count: 3) }
    }

    func get(_ keys: [[UInt8]]) async throws(Fault) -> [[UInt8]?] {
        try await call { keys.map { world.redis.get($0) } }
    }

    func touches(of keys: [[UInt8]], from place: Int64?) async throws(Fault) -> [TouchSight] {
        try await call { world.redis.touches(of: keys, from: place) }
    }

    func recall(_ edge: [UInt8], _ children: [[UInt8]]) async throws(Fault) -> [[UInt8]?] {
        try await call { world.redis.model.recall(edge, children) }
    }

    func notes(_ names: [String]) async throws(Fault) -> [String: String] {
        try await call { world.redis.model.notes(names) }
    }

    func pending(dueBefore now: Int64, limit: Int) async throws(Fault) -> [Pending] {
        try await call { world.redis.pending(dueBefore: now, limit: limit) }
    }
}

extension SimProcess {
    /// What a killed process gets from every call: its code runs to its end without any effect.
    static let dead = Fault(.kafka, .kafka(name: "_DEAD", fatal: true), "the process was killed")
}
