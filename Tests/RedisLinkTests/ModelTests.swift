import Foundation
import FreshetCore
import LocalServers
import RedisLink
import Simulator
import Testing

/// The model in memory and the scripts on a real Redis must answer every call alike and leave the same state.
@Suite struct ModelTests {
    @Test(arguments: [1, 2, 4, 5] as [UInt64])
    func modelAndScriptsAgree(seed: UInt64) async throws {
        let duel = try await ModelDuel(seed: seed)
        for step in 0..<2_000 {
            try await duel.step()
            if step % 50 == 0 { try duel.compareState() }
        }
        try duel.compareState()
        // The schedule reached what it is there to reach.
        for what in [
            "applied", "refused write", "process", "incarnation", "floor", "olderHistory", "newerHistory", "gap",
            "chain", "pendingFull", "overlap", "OOM", "mark", "overtaken", "hit", "miss", "none", "filled",
            "not filled", "remembered", "noted", "another graph", "removed", "left", "too old",
        ] {
            #expect(duel.seen[what, default: 0] > 0, "never seen: \(what)")
        }
    }
}

/// Plays one random call after the other on both.
final class ModelDuel {
    let harness: RedisHarness
    var model: RedisModel
    var random: SplitMix
    var seen: [String: Int] = [:]
    private var tickets: [Ticket] = []
    var tokens: [(key: [UInt8], token: [UInt8], modelToken: [UInt8], holder: String?)] = []
    private var saved: RedisModel?
    private var incarnations = 0
    private let partitions = (0..<3).map { Partition(topic: "t", number: $0) }
    private let histories = ["7301/3", "7301/4", "7301/3+2", "7301/3+10"].compactMap { History($0) }
    private let marks = [Revision.rebuild, Revision.rebuild, "memory:edge", Revision.graph, Revision.graph]
    private static let graph = "g1"
    private let keys: [[UInt8]]

    init(seed: UInt64) async throws {
        // Room for few, so that touches leave all the time.
        let bounds = TouchBounds(entries: 5, bytes: 30)
        harness = try RedisHarness(pendingLimit: 6, graph: Self.graph, touchBounds: bounds)
        random = SplitMix(state: seed)
        keys = Self.someKeysInSharedBuckets()
        model = RedisModel(process: try await harness.store.look([]).process, touchBounds: bounds)
        model.now = Int64(Date().timeIntervalSince1970 * 1000)
    }

    /// Twenty keys of which ten share their bucket with another one.
    private static func someKeysInSharedBuckets() -> [[UInt8]] {
        var byBucket: [UInt16: [String]] = [:]
        for number in 0..<4_000 { byBucket[Bucket.of("v1:k:\(number)"), default: []].append("v1:k:\(number)") }
        let sorted = byBucket.sorted { $0.key < $1.key }.map(\.value)
        let shared = sorted.filter { $0.count >= 2 }.prefix(5).flatMap { $0.prefix(2) }
        return (shared + sorted.filter { $0.count == 1 }.prefix(10).flatMap { $0 }).map { Array($0.utf8) }
    }

    private func pick<T>(_ list: [T]) -> T { list[Int.random(in: 0..<list.count, using: &random)] }
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    func note(_ what: String) { seen[what, default: 0] += 1 }

    func step() async throws {
        switch Int.random(in: 0..<1000, using: &random) {
        case 0..<500: try await apply()
        case 500..<650: try await takeTicket()
        case 650..<720: try await revise()
        case 720..<800: try lease()
        case 800..<870: try fill()
        case 870..<900: try await pending()
        case 900..<925: try plainSet()
        case 925..<965: try await look()
        case 965..<975: try full(!model.isFull)
        case 975..<980: try await flush()
        case 980..<982: try forgetTheLog()
        case 982..<984: try save()
        case 984..<988: try await restart()
        default: try await establish()
        }
        // A full memory or a missing record is not a state to stay in for long.
        if model.isFull && chance(20) { try full(false) }
        if model.record == nil && chance(30) { try await establish() }
    }

    private func takeTicket() async throws {
        let real = try await harness.store.ticket()
        #expect(real == model.ticket(graph: Self.graph))
        if real == nil, model.record != nil { note("another graph") }
        if let real { tickets.append(real) }
        if tickets.count > 6 { tickets.removeFirst() }
    }

    private func apply() async throws {
        if tickets.isEmpty { try await takeTicket() }
        guard !tickets.isEmpty else { return }
        let calls = (0..<Int.random(in: 1...3, using: &random)).map { _ in randomCall() }
        let real = try await harness.store.apply(calls)
        for (call, reply) in zip(calls, real) {
            let expected = modelReply(to: call)
            noteReply(expected)
            #expect(Self.plain(reply) == Self.plain(expected), "\(call)")
        }
    }

    /// Faults are alike when their codes are: the words differ.
    private static func plain(_ reply: ApplyReply) -> ApplyReply {
        if case .failed(let fault) = reply { .failed(Fault(.redis, fault.code, "")) } else { reply }
    }

    private func randomCall() -> ApplyCall {
        // Mostly the newest ticket, sometimes a very old one.
        let ticket = chance(50) ? tickets[tickets.count - 1] : pick(tickets)
        let known = model.record?.history ?? histories[0]
        var call = ApplyCall(ticket: ticket, history: chance(90) ? known : pick(histories))
        for key in keys.shuffled(using: &random).prefix(Int.random(in: 0...6, using: &random)) {
            key.withUnsafeBytes { key in
                if chance(60) {
                    let value = Array("\(random.next())".utf8)
                    value.withUnsafeBytes { call.operations.write(key: key, value: $0, timeToLive: 3_600_000) }
                } else {
                    call.operations.unlink(key: key)
                }
            }
        }
        for child in 1...3 where chance(10) { remember(child, ticket, &call) }
        if chance(25) {
            call.link = ApplyCall.Link(
                name: pick(partitions), batch: chance(80) ? 1 : ticket.number,
                index: Int.random(in: 0...2, using: &random), isLast: chance(40))
        }
        if chance(50) {
            for partition in partitions.shuffled(using: &random).prefix(chance(80) ? 1 : 2) {
                call.moves.append(randomMove(partition))
            }
        }
        if chance(25) {
            for _ in 0..<Int.random(in: 1...3, using: &random) { call.pendingAdded.append(randomPending()) }
        }
        let removed = chance(20) ? Int.random(in: 1...4, using: &random) : 0
        for _ in 0..<removed { call.pendingRemoved.append(randomPending().id) }
        call.invalidateOnly = chance(model.isFull ? 50 : 3)
        if chance(15) { for key in keys.prefix(while: { _ in chance(80) }) { call.removals.append(key) } }
        return call
    }

    private func randomPending() -> Pending {
        Pending(
            id: "id \(Int.random(in: 0..<12, using: &random))", due: Int64.random(in: 0..<20, using: &random),
            body: (0..<Int.random(in: 0...5, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    private func randomMove(_ partition: Partition) -> CheckpointMove {
        let stored = model.record?.checkpoints[.init(group: "g", partition: partition)]?.offset ?? 0
        let from = max(0, stored + Int64.random(in: -3...(chance(20) ? 2 : 0), using: &random))
        var counts = OutcomeCounts()
        for outcome in Outcome.allCases { counts[outcome] = Int64.random(in: 0...1_000_000_000_000, using: &random) }
        return CheckpointMove(
            partition: partition, from: from, countedFrom: chance(80) ? max(from, stored) : from,
            to: from + Int64.random(in: 0...6, using: &random), timestamp: Int64.random(in: -1...9, using: &random),
            hash: random.next(), counts: counts)
    }

    private func revise() async throws {
        guard let record = model.record else { return }
        var revision = Revision(
            process: chance(90) ? model.process : "gone", incarnation: chance(90) ? record.incarnation : "gone")
        if chance(25) { revision.floor = record.ticket - Int64.random(in: -1...3, using: &random) }
        if chance(15) { revision.seenFloor = chance(60) ? record.floor : record.floor - 1 }
        if chance(15) { revision.memory = record.ticket - Int64.random(in: -1...3, using: &random) }
        let position = UInt64.random(in: 0...9, using: &random)
        if chance(30) { revision.flushed = .init(history: pick(histories), position: position) }
        if chance(20) { revision.orders[pick(Dependency.allCases)] = pick(Breaker.Order.allCases) }
        if chance(20) { revision.swept[pick(["match", "team"])] = Int64.random(in: 0...99, using: &random) }
        if chance(25) {
            let name = pick(marks)
            // A graph that isn't ours would keep us from everything, for long.
            let isOurs = name == Revision.graph && chance(60)
            revision.takeMark = Revision.TakeMark(
                name: name, holder: isOurs ? Self.graph : pick(["w1", "w2"]),
                leaseMilliseconds: chance(50) && (name != Revision.graph || isOurs) ? 100_000_000 : 0,
                body: [1, 32, 2], seizes: chance(40))
        } else if chance(30) {
            revision.releaseMark = Revision.ReleaseMark(name: pick(marks), holder: pick(["w1", "w2"]))
        }
        if chance(20) {
            revision.history = chance(80) ? pick(histories) : History(system: 9, timeline: 1)
            revision.forceHistory = chance(30) && revision.history?.system == 7_301
        }
        for partition in partitions where chance(40) {
            var counts = OutcomeCounts()
            counts.ignored = 4
            revision.checkpoints[partition] = Checkpoint(
                offset: Int64.random(in: 0...30, using: &random), timestamp: -1, hash: random.next(),
                history: chance(90) ? record.history : pick(histories), counts: counts)
            let name = RedisModel.CheckpointName(group: "g", partition: partition)
            let now = record.checkpoints[name]?.offset ?? -1
            if chance(40) { revision.seen[partition] = chance(80) ? now : now + 1 }
        }
        if chance(20) { revision.fingerprints[pick(["match", "team"])] = chance(20) ? "" : "\(random.next())" }
        if chance(20) { revision.committed[pick(partitions)] = Int64.random(in: 0...30, using: &random) }
        if chance(30) {
            revision.notes[pick(["a:1", "b"])] = Revision.Note(
                pick(["", "x 1", "y"]), expected: chance(50) ? nil : pick(["", "x 1", "y"]))
        }
        let expected = model.revise(revision, group: "g", graph: Self.graph)
        if expected == .markHeld { note("mark") }
        if expected == .overtaken { note("overtaken") }
        #expect(try await harness.store.revise(revision) == expected)
    }

    private func lease() throws {
        let key = pick(keys)
        let milliseconds = chance(50) ? 100_000_000 : 0
        let holder = pick(["r1", "r2"])
        let real = try harness.store.lease(key, milliseconds: milliseconds, holder: holder)
        switch (real, model.lease(key, milliseconds: Int64(milliseconds), holder: holder)) {
        case (.hit(let a), .hit(let b)):
            note("hit")
            #expect(a == b)
        case (.miss(let token, let wait), .miss(let modelToken, let modelWait)):
            note("miss")
            #expect(token == modelToken)
            #expect((wait > 0) == (modelWait > 0))
            tokens.append((key, token, modelToken, milliseconds > 0 && wait == 0 ? holder : nil))
            if tokens.count > 5 { tokens.removeFirst() }
        case (.none, .none): note("none")
        case (let a, let b): Issue.record("\(a) is not \(b)")
        }
    }

    private func fill() throws {
        guard !tokens.isEmpty else { return }
        let token = tokens.remove(at: Int.random(in: 0..<tokens.count, using: &random))
        let value = Array("filled \(random.next())".utf8)
        let real = Result { () throws(Fault) in
            try harness.store.fill(
                token.key, token: token.token, value: value, timeToLive: 3_600_000, holder: token.holder)
        }
        let expected = Result { () throws(Fault) in
            try model.fill(
                token.key, token: token.modelToken, value: value, timeToLive: 3_600_000, holder: token.holder)
        }
        #expect(anyWords(real) == anyWords(expected))
        if case .success(let filled) = expected { note(filled ? "filled" : "not filled") }
    }

    private func pending() async throws {
        let now = Int64.random(in: 0..<25, using: &random)
        let edge = Array("v1:freshet:memory:edge".utf8)
        let children = ["1", "2", "3", "4"].map { Array($0.utf8) }
        #expect(try await harness.store.recall(edge, children) == model.recall(edge, children))
        let real = try await harness.store.pending(dueBefore: now, limit: 4)
        #expect(real == model.pending(dueBefore: now, limit: 4))
    }

    private func plainSet() throws {
        if model.isFull { return }
        let key = pick(keys)
        _ = try harness.store.command([
            Array("SET".utf8), key, Array("plain".utf8), Array("PX".utf8), Array("3600000".utf8),
        ])
        try model.set(key, Array("plain".utf8), timeToLive: 3_600_000)
    }

    private func look() async throws {
        var real = try await harness.store.look(partitions)
        var expected = model.look(partitions, group: "g")
        // Redis' own clock is compared only as far as it decides something.
        for isReal in [true, false] {
            let graph = isReal ? real.record?.graph : expected.record?.graph
            let end: Int64 = (graph?.leaseUntil ?? 0) > model.now + 1_000_000 ? 1 : 0
            if isReal { real.record?.graph?.leaseUntil = end }
            if !isReal { expected.record?.graph?.leaseUntil = end }
            let mark = isReal ? real.record?.rebuilding : expected.record?.rebuilding
            let until: Int64 = (mark?.leaseUntil ?? 0) > model.now + 1_000_000 ? 1 : 0
            if isReal { real.record?.rebuilding?.leaseUntil = until }
            if !isReal { expected.record?.rebuilding?.leaseUntil = until }
        }
        #expect(real == expected)
        #expect(try await harness.store.notes(["a:1", "b", "c"]) == model.notes(["a:1", "b", "c"]))
        if !model.notes(["a:1", "b"]).isEmpty { note("noted") }
    }

    private func full(_ isFull: Bool) throws {
        model.isFull = isFull
        _ = try harness.store.command("CONFIG", "SET", "maxmemory", isFull ? "1" : "0")
    }

    private func flush() async throws {
        _ = try harness.store.command("FLUSHALL")
        model.flush()
        // What was saved lives on in the snapshot only.
        try await look()
    }

    private func establish() async throws {
        incarnations += 1
        let real = try await harness.store.establish(
            incarnation: "i\(incarnations)", owner: "o", history: histories[0])
        let expected = model.establish(incarnation: "i\(incarnations)", owner: "o", history: histories[0])
        #expect(real.record?.incarnation == expected.record?.incarnation)
        #expect(real.record?.floor == expected.record?.floor)
        #expect(real.record?.ticket == expected.record?.ticket)
        // As a worker does it.
        guard chance(50), let record = model.record else { return }
        var claim = Revision(process: model.process, incarnation: record.incarnation)
        claim.takeMark = Revision.TakeMark(
            name: Revision.graph, holder: Self.graph, leaseMilliseconds: 100_000_000, body: [], seizes: true)
        claim.fingerprints["match"] = "1"
        #expect(model.revise(claim, group: "g", graph: Self.graph) == .done)
        #expect(try await harness.store.revise(claim) == .done)
    }

    private func save() throws {
        if model.isFull { return }
        _ = try harness.store.command("SAVE")
        saved = model
    }

    private func restart() async throws {
        let older = chance(60) ? saved : nil
        if older == nil {
            saved = nil
            try? FileManager.default.removeItem(atPath: "\(harness.folder.path)/dump.rdb")
        }
        harness.server.kill()
        try harness.server.restart()
        // The first call after it meets the dead connection.
        _ = await Result { () async throws(Fault) in try await harness.store.look([]) }
        model.restart(as: try await harness.store.look([]).process, from: older)
        model.isFull = false
        if older != nil { note("restored") }
    }
}
