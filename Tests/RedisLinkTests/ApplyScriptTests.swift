import FreshetCore
import RedisLink
import Testing

/// Each rule of `apply.lua` on a real Redis.
@Suite struct ApplyScriptTests {
    private let p = Partition(topic: "t", number: 0)

    @Test func writesAndInvalidates() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        #expect(ticket.number == 1)
        _ = try redis.store.command("SET", "v1:b", "old")
        let reply = try await redis.store.apply(ApplyCall(ticket, writes: [("v1:a", "1")], unlinks: ["v1:b"]))
        #expect(reply == .applied(refused: []))
        #expect(try await redis.store.value("v1:a") == "1")
        #expect(try await redis.store.value("v1:b") == nil)
        let life = try #require(try redis.store.command("PTTL", "v1:a").int)
        #expect(life > 3_500_000 && life <= 3_600_000)
        #expect(try redis.field("touches") == "0 1 4 1 0")
        let touch = try #require(try redis.touch(0))
        #expect(touch.starts(with: Array("1 1 ".utf8)))
        #expect(BucketSet(bytes: Array(touch.dropFirst(4))) == BucketSet(of: "v1:b", "v1:a"))
    }

    @Test func slowRefreshIsRefusedAndBecomesAnInvalidation() async throws {
        let redis = try RedisHarness()
        let slow = try await redis.begin()
        let fast = try #require(try await redis.store.ticket())
        #expect(try await redis.store.apply(ApplyCall(fast, writes: [("v1:a", "new")])) == .applied(refused: []))
        // The index is that of the operation: the invalidation in front of it counts.
        let late = ApplyCall(slow, writes: [("v1:c", "x"), ("v1:a", "old")], unlinks: ["v1:z"])
        #expect(try await redis.store.apply(late) == .applied(refused: [2]))
        #expect(try await redis.store.value("v1:a") == nil)
        #expect(try await redis.store.value("v1:c") == "x")
        // The later touch is the older ticket's, and says what the newest was.
        #expect(try #require(try redis.touch(1)).starts(with: Array("1 2 ".utf8)))
    }

    @Test func oldWriteAfterAnInvalidationIsRefused() async throws {
        let redis = try RedisHarness()
        let slow = try await redis.begin()
        let fast = try #require(try await redis.store.ticket())
        #expect(try await redis.store.apply(ApplyCall(fast, unlinks: ["v1:a"])) == .applied(refused: []))
        #expect(try await redis.store.apply(ApplyCall(slow, writes: [("v1:a", "old")])) == .applied(refused: [0]))
        #expect(try await redis.store.value("v1:a") == nil)
    }

    @Test func otherProcessIncarnationFloorOrHistoryIsRefused() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        var call = ApplyCall(ticket, writes: [("v1:a", "x")])
        call.ticket.process = "other"
        #expect(try await redis.store.apply(call) == .refused(.process))
        call.ticket = ticket
        call.ticket.incarnation = "i0"
        #expect(try await redis.store.apply(call) == .refused(.incarnation))
        call.ticket = ticket
        call.history.timeline = 2
        #expect(try await redis.store.apply(call) == .refused(.olderHistory))
        call.history.timeline = 4
        #expect(try await redis.store.apply(call) == .refused(.newerHistory))
        call.history = History(system: 1, timeline: 1)
        #expect(try await redis.store.apply(call) == .refused(.newerHistory))
        var revision = Revision(process: ticket.process, incarnation: "i1")
        revision.floor = 2
        #expect(try await redis.store.revise(revision) == .done)
        call.history = RedisHarness.history
        #expect(try await redis.store.apply(call) == .refused(.floor))
        _ = try redis.store.command("FLUSHALL")
        #expect(try await redis.store.apply(call) == .refused(.incarnation))
        #expect(try await redis.store.ticket() == nil)
        #expect(try await redis.store.value("v1:a") == nil)
    }

    private func move(_ from: Int64, _ countedFrom: Int64, _ to: Int64) -> CheckpointMove {
        var counts = OutcomeCounts()
        counts.applied = to - countedFrom
        return CheckpointMove(
            partition: p, from: from, countedFrom: countedFrom, to: to, timestamp: 77, hash: 18_446_744_073_709_551_615,
            counts: counts)
    }

    @Test func checkpointsMoveWithoutGaps() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin(checkpoint: p)
        var call = ApplyCall(ticket, writes: [("v1:a", "x")])
        call.moves = [move(11, 11, 12)]
        #expect(try await redis.store.apply(call) == .refused(.gap(p)))
        #expect(try await redis.store.value("v1:a") == nil)
        call.moves = [move(10, 10, 13)]
        #expect(try await redis.store.apply(call) == .applied(refused: []))
        #expect(try redis.field("cp:g:t:0") == "13 77 18446744073709551615 7301/3 3 0 0 0 0 -1")
        // Applied again: nothing moves, nothing is counted twice.
        #expect(try await redis.store.apply(call) == .applied(refused: []))
        #expect(try redis.field("cp:g:t:0") == "13 77 18446744073709551615 7301/3 3 0 0 0 0 -1")
        // Somebody else counted up to 13.
        call.moves = [move(10, 10, 15)]
        #expect(try await redis.store.apply(call) == .overlap(refused: [], stored: [p: 13]))
        call.moves = [move(10, 13, 15)]
        #expect(try await redis.store.apply(call) == .applied(refused: []))
        #expect(try redis.field("cp:g:t:0") == "15 77 18446744073709551615 7301/3 5 0 0 0 0 -1")
        call.moves[0].partition = Partition(topic: "t", number: 1)
        #expect(try await redis.store.apply(call) == .refused(.gap(Partition(topic: "t", number: 1))))
    }

    @Test func aPartitionThatHasNotRecoveredToThisHistoryIsRefused() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin(checkpoint: p)
        var revision = Revision(process: ticket.process, incarnation: "i1")
        revision.history = History(system: 7_301, timeline: 4)
        #expect(try await redis.store.revise(revision) == .done)
        var call = ApplyCall(ticket)
        call.history.timeline = 4
        call.moves = [move(10, 10, 11)]
        #expect(try await redis.store.apply(call) == .refused(.newerHistory))
    }

    @Test func chunksAreChained() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin(checkpoint: p)
        let chunk = { (index: Int, last: Bool) in
            var call = ApplyCall(
                ticket, writes: [("v1:\(index)", "x")],
                link: ApplyCall.Link(name: p, batch: ticket.number, index: index, isLast: last))
            if last { call.moves = [move(10, 10, 11)] }
            return call
        }
        #expect(try await redis.store.apply(chunk(1, true)) == .refused(.chain))
        #expect(try await redis.store.apply(chunk(0, false)) == .applied(refused: []))
        #expect(try redis.field("chain:t:0") == "1 0")
        #expect(try await redis.store.apply(chunk(2, true)) == .refused(.chain))
        #expect(
            try await redis.store.apply([chunk(1, false), chunk(2, true)])
                == [.applied(refused: []), .applied(refused: [])])
        #expect(try redis.field("chain:t:0") == nil)
        #expect(try await redis.store.look([p]).record?.checkpoints[p]?.offset == 11)
        #expect(try await redis.store.value("v1:0") == "x")
        #expect(try await redis.store.value("v1:1") == "x")
    }

    @Test func pendingEntriesAreBoundedAndListedOldestFirst() async throws {
        let redis = try RedisHarness(pendingLimit: 4)
        let ticket = try await redis.begin()
        let entry = { (id: String, due: Int64) in Pending(id: id, due: due, body: [0, 32, 255]) }
        var call = ApplyCall(ticket)
        call.pendingAdded = [entry("c d", 30), entry("a", 10), entry("b", 20), entry("e", 10)]
        #expect(try await redis.store.apply(call) == .applied(refused: []))
        #expect(try await redis.store.look([]).record?.pendingCount == 4)
        let due = try await redis.store.pending(dueBefore: 29, limit: 10)
        #expect(due == [entry("a", 10), entry("e", 10), entry("b", 20)])
        #expect(try await redis.store.pending(dueBefore: 99, limit: 1) == [entry("a", 10)])
        // Full: refused, unless it makes no more of them.
        call.pendingAdded = [entry("f", 1)]
        #expect(try await redis.store.apply(call) == .refused(.pendingFull))
        call.pendingRemoved = ["a", "nobody"]
        #expect(try await redis.store.apply(call) == .applied(refused: []))
        call.pendingAdded = [entry("e", 5)]
        call.pendingRemoved = ["f", "c d"]
        #expect(try await redis.store.apply(call) == .applied(refused: []))
        #expect(try await redis.store.pending(dueBefore: 99, limit: 9) == [entry("e", 5), entry("b", 20)])
        #expect(try redis.field("slot:3") == nil)
        #expect(try redis.field("pending") == "2")
    }

    @Test func aFullRedisStillInvalidates() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin(checkpoint: p)
        _ = try await redis.store.apply(ApplyCall(ticket, writes: [("v1:a", "old")]))
        _ = try redis.store.command("CONFIG", "SET", "maxmemory", "1")
        let next = try #require(try await redis.store.ticket())
        var call = ApplyCall(next, writes: [("v1:a", "new"), ("v1:b", "new")])
        call.moves = [move(10, 10, 12)]
        guard case .failed(let fault) = try await redis.store.apply(call) else {
            Issue.record("a full Redis wrote")
            return
        }
        #expect(fault.code == .redis("OOM"))
        // Nothing at all was done.
        #expect(try await redis.store.value("v1:a") == "old")
        #expect(try redis.field("touches") == "0 1 2 1 0")
        call.invalidateOnly = true
        #expect(try await redis.store.apply(call) == .applied(refused: []))
        #expect(try await redis.store.value("v1:a") == nil)
        #expect(try redis.field("touches") == "0 2 6 2 0")
        #expect(try await redis.store.look([p]).record?.checkpoints[p]?.offset == 12)
    }

    /// Redis rolls nothing back: what a script that dies half way leaves must be safe. Here it may not SET.
    @Test func aScriptThatDiesHalfWayHasMovedNoCheckpoint() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin(checkpoint: p)
        _ = try await redis.store.apply(ApplyCall(ticket, writes: [("v1:a", "old"), ("v1:b", "old")]))
        _ = try redis.store.command("ACL", "SETUSER", "w", "on", ">w", "~*", "&*", "+@all", "-set")
        var settings = RedisSettings.patient(port: redis.server.port)
        (settings.username, settings.password) = ("w", "w")
        let restricted = RedisHarness.store(settings)
        var call = ApplyCall(ticket, writes: [("v1:a", "new")], unlinks: ["v1:b"])
        call.link = ApplyCall.Link(name: p, batch: ticket.number, index: 0, isLast: false)
        call.moves = [move(10, 10, 12)]
        call.pendingAdded = [Pending(id: "a", due: 1, body: [])]
        guard case .failed(let fault) = try await restricted.apply(call) else {
            Issue.record("it may not SET")
            return
        }
        // Redis 7.0's word for a command that the script's caller may not run.
        #expect(fault.code == .redis("ERR"))
        #expect(try redis.field("touches") == "0 2 8 1 0")
        #expect(try await redis.store.value("v1:b") == nil)
        let record = try #require(try await redis.store.look([p]).record)
        #expect(record.checkpoints[p]?.offset == 10)
        #expect(record.pendingCount == 0)
        #expect(try redis.field("chain:t:0") == nil)
        // The whole batch is applied again, and then stands.
        #expect(try await redis.store.apply(call) == .applied(refused: []))
        #expect(try await redis.store.value("v1:a") == "new")
        #expect(try await redis.store.look([p]).record?.checkpoints[p]?.offset == 12)
    }

    @Test func bucketsInLuaAndSwiftAreTheSame() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        var random = SplitMix(state: 1)
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let key = Array("v1:".utf8) + bytes
            let bucket = key.withUnsafeBytes(Bucket.of)
            var call = ApplyCall(ticket)
            call.touched.insert(bucket)
            guard case .miss(let before, _) = try redis.store.lease(key) else {
                Issue.record("no token")
                continue
            }
            #expect(try await redis.store.apply(call) == .applied(refused: []))
            #expect(try redis.store.fill(key, token: before, value: [1], timeToLive: 60_000) == false)
            guard case .miss(let after, _) = try redis.store.lease(key) else {
                Issue.record("no token")
                continue
            }
            call.touched = BucketSet()
            call.touched.insert(bucket ^ 1)
            call.touched.insert(bucket ^ 0x100)
            #expect(try await redis.store.apply(call) == .applied(refused: []))
            #expect(try redis.store.fill(key, token: after, value: [1], timeToLive: 60_000))
        }
    }

    @Test func manyKeysInOneCall() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        let keys = (0..<5_000).map { "v1:k:\($0)" }
        #expect(
            try await redis.store.apply(ApplyCall(ticket, writes: keys.map { ($0, "x") })) == .applied(refused: []))
        #expect(try redis.store.command("DBSIZE").int == 5_001)
        #expect(try await redis.store.apply(ApplyCall(ticket, unlinks: keys)) == .applied(refused: []))
        #expect(try redis.store.command("DBSIZE").int == 1)
    }

    @Test func argumentsThatDoNotAddUpDoNothing() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        let sha = try #require(try redis.store.command("SCRIPT", "LOAD", source("apply")).text)
        #expect(throws: Fault.self) {
            try redis.store.command("EVALSHA", sha, "2", "v1:freshet", "v1:a", ticket.process, "i1", "1", "7301/3")
        }
        #expect(try await redis.store.value("v1:a") == nil)
    }
}
