import FreshetCore
import RedisLink
import Testing

/// What `apply.lua` and `fill.lua` read out of the log of touches, and how it stays small.
@Suite struct TouchLogTests {
    private func ticket(_ redis: RedisHarness) async throws -> Ticket { try #require(try await redis.store.ticket()) }

    /// A newer ticket's touch refuses wherever it stands in the log, an older one's never does.
    @Test func onlyNewerTicketsRefuse() async throws {
        let redis = try RedisHarness()
        let first = try await redis.begin()
        let second = try await ticket(redis)
        let third = try await ticket(redis)
        _ = try await redis.store.apply(ApplyCall(third, unlinks: ["v1:a"]))
        _ = try await redis.store.apply(ApplyCall(first, unlinks: ["v1:b"]))
        _ = try await redis.store.apply(ApplyCall(second, unlinks: ["v1:c"]))
        let late = ApplyCall(second, writes: [("v1:a", "old"), ("v1:b", "x"), ("v1:c", "x"), ("v1:d", "x")])
        #expect(try await redis.store.apply(late) == .applied(refused: [0]))
        #expect(try await redis.store.value("v1:b") == "x")
        let older = ApplyCall(first, writes: [("v1:a", "old"), ("v1:b", "old"), ("v1:e", "x")])
        #expect(try await redis.store.apply(older) == .applied(refused: [0, 1]))
        #expect(try redis.field("touches") == "0 5 20 3 0")
    }

    /// The look goes back over more than one piece of the log, and stops where nothing newer can come.
    @Test func newerTouchesAreFoundHoweverFarBack() async throws {
        let redis = try RedisHarness()
        let slow = try await redis.begin()
        let fast = try await ticket(redis)
        _ = try await redis.store.apply(ApplyCall(fast, unlinks: ["v1:a"]))
        let others = (0..<300).map { ApplyCall(fast, unlinks: ["v1:b:\($0)"]) }
        _ = try await redis.store.apply(others)
        let writes = [("v1:a", "old"), ("v1:b:0", "old"), ("v1:b:299", "old"), ("v1:c", "x")]
        #expect(try await redis.store.apply(ApplyCall(slow, writes: writes)) == .applied(refused: [0, 1, 2]))
    }

    /// They are read four at a time.
    @Test(arguments: 1...9) func eachBucketOfATouchIsFound(count: Int) async throws {
        let redis = try RedisHarness()
        let slow = try await redis.begin()
        let keys = (0..<count).map { "v1:k:\($0)" }
        _ = try await redis.store.apply(ApplyCall(try await ticket(redis), unlinks: keys))
        let late = ApplyCall(slow, writes: (keys + ["v1:other"]).map { ($0, "x") })
        #expect(try await redis.store.apply(late) == .applied(refused: Array(0..<count)))
    }

    @Test func whatLeavesTheLogRefusesAllThatIsOlder() async throws {
        let redis = try RedisHarness(touchBounds: TouchBounds(entries: 3, bytes: 1_000))
        let first = try await redis.begin()
        let second = try await ticket(redis)
        let third = try await ticket(redis)
        guard case .miss(let token, _) = try redis.store.lease(Array("v1:z".utf8)) else {
            Issue.record("no token")
            return
        }
        _ = try await redis.store.apply(ApplyCall(second, unlinks: ["v1:a"]))
        _ = try await redis.store.apply((0..<3).map { ApplyCall(third, unlinks: ["v1:b:\($0)"]) })
        #expect(try redis.field("touches") == "1 4 6 3 2")
        #expect(try redis.touch(0) == nil)
        let calls = [second, first].map { ApplyCall($0, writes: [("v1:x", "x")]) }
        #expect(try await redis.store.apply(calls) == [.applied(refused: []), .applied(refused: [0])])
        #expect(try redis.store.fill(Array("v1:z".utf8), token: token, value: [1], timeToLive: 60_000) == false)
    }

    @Test func theLogIsBoundedInBytesToo() async throws {
        let redis = try RedisHarness(touchBounds: TouchBounds(entries: 100, bytes: 10))
        let ticket = try await redis.begin()
        let call = { (keys: Range<Int>) in ApplyCall(ticket, unlinks: keys.map { "v1:k:\($0)" }) }
        _ = try await redis.store.apply([call(0..<1), call(0..<2), call(0..<2)])
        #expect(try redis.field("touches") == "0 3 10 1 0")
        _ = try await redis.store.apply(call(0..<2))
        #expect(try redis.field("touches") == "2 4 8 1 1")
        // More than there is room for: the newest touch always stays.
        _ = try await redis.store.apply(call(0..<9))
        #expect(try redis.field("touches") == "4 5 18 1 1")
        for place in 0..<4 { #expect(try redis.touch(place) == nil) }
    }

    @Test func manyBucketsAreBits() async throws {
        let redis = try RedisHarness()
        let slow = try await redis.begin()
        let fast = try await ticket(redis)
        var call = ApplyCall(fast)
        for bucket in 0..<5_000 { call.touched.insert(UInt16(bucket * 13)) }
        let keys = (0..<400).map { "v1:k:\($0)" }
        let tokens = try keys.map { key in
            guard case .miss(let token, _) = try redis.store.lease(Array(key.utf8)) else { return [UInt8]() }
            return token
        }
        #expect(try await redis.store.apply(call) == .applied(refused: []))
        #expect(try redis.field("touches") == "0 1 8192 2 0")
        let isTouched = keys.map { Int(Bucket.of($0)) % 13 == 0 && Int(Bucket.of($0)) < 65_000 }
        let touched = keys.indices.filter { isTouched[$0] }
        #expect(!touched.isEmpty)
        for index in keys.indices {
            let filled = try redis.store.fill(
                Array(keys[index].utf8), token: tokens[index], value: [1], timeToLive: 60_000)
            #expect(filled == !isTouched[index])
        }
        let reply = try await redis.store.apply(ApplyCall(slow, writes: keys.map { ($0, "x") }))
        #expect(reply == .applied(refused: touched))
    }

    /// Numbers as high as they are allowed to become stay exact.
    @Test func ticketsStayExact() async throws {
        let redis = try RedisHarness()
        _ = try await redis.begin()
        _ = try redis.store.command("HSET", "v1:freshet", "ticket", "2199023255549")
        let slow = try await ticket(redis)
        let fast = try await ticket(redis)
        _ = try await redis.store.apply(ApplyCall(fast, unlinks: ["v1:a"]))
        #expect(try redis.field("touches") == "0 1 2 2199023255551 0")
        #expect(try redis.field("common") == "9007199254736896")
        #expect(try await redis.store.apply(ApplyCall(slow, writes: [("v1:a", "x")])) == .applied(refused: [0]))
    }

    /// A version before had a fence for each bucket. What its tickets touched is unknown, and its readers fill nothing.
    @Test func aRecordFromBeforeTheLogIsSafe() async throws {
        let redis = try RedisHarness()
        let slow = try await redis.begin()
        let fast = try await ticket(redis)
        _ = try redis.store.command("HDEL", "v1:freshet", "touches")
        _ = try redis.store.command("HSET", "v1:freshet", "4711", "8193", "top", "8193", "common", "4097")
        #expect(try redis.store.lease(Array("v1:a".utf8)) == .none)
        #expect(try await redis.store.apply(ApplyCall(slow, writes: [("v1:a", "x")])) == .applied(refused: [0]))
        #expect(try redis.field("touches") == "0 1 2 2 2")
        #expect(try redis.field("common") == "8192")
        #expect(try await redis.store.apply(ApplyCall(fast, writes: [("v1:a", "x")])) == .applied(refused: []))
        #expect(try redis.field("common") == "8193")
    }

    /// A deploy that is taken back: the old workers' touches stand nowhere but in their own fields.
    @Test func nothingIsFilledBehindWorkersOfBefore() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        let key = Array("v1:a".utf8)
        guard case .miss(let token, _) = try redis.store.lease(key) else {
            Issue.record("no token")
            return
        }
        let before = try await redis.store.touches(of: [key], from: nil)
        _ = try redis.store.command("HSET", "v1:freshet", "4711", "8193", "top", "8193")
        #expect(try redis.store.fill(key, token: token, value: [1], timeToLive: 60_000) == false)
        #expect(try redis.store.lease(key) == .none)
        let after = try await redis.store.touches(of: [key], from: before[0].place)
        #expect(!after[0].isUntouched(since: before[0]))
        // The next touch takes the log up again.
        #expect(try await redis.store.apply(ApplyCall(ticket, unlinks: ["v1:b"])) == .applied(refused: []))
        #expect(try redis.field("top") == nil)
        guard case .miss(let next, _) = try redis.store.lease(key) else {
            Issue.record("no token")
            return
        }
        #expect(try redis.store.fill(key, token: next, value: [1], timeToLive: 60_000))
    }

    /// A touch that isn't there, as nothing leaves it, counts as one of everything.
    @Test func aMissingTouchRefuses() async throws {
        let redis = try RedisHarness()
        let slow = try await redis.begin()
        let fast = try await ticket(redis)
        guard case .miss(let token, _) = try redis.store.lease(Array("v1:a".utf8)) else {
            Issue.record("no token")
            return
        }
        _ = try await redis.store.apply(ApplyCall(fast, unlinks: ["v1:b"]))
        _ = try redis.store.command("HDEL", "v1:freshet", "touch:0")
        #expect(try redis.store.fill(Array("v1:a".utf8), token: token, value: [1], timeToLive: 60_000) == false)
        #expect(try await redis.store.apply(ApplyCall(slow, writes: [("v1:a", "x")])) == .applied(refused: [0]))
    }

    @Test func looksTellWhatWasTouched() async throws {
        let redis = try RedisHarness(touchBounds: TouchBounds(entries: 2, bytes: 1_000))
        let ticket = try await redis.begin()
        let keys = ["v1:a", "v1:b"].map { Array($0.utf8) }
        let before = try await redis.store.touches(of: keys, from: nil)
        #expect(before.allSatisfy { $0 == TouchSight(place: 0, untouchedFrom: 0) })
        _ = try await redis.store.apply(ApplyCall(ticket, unlinks: ["v1:a"]))
        let after = try await redis.store.touches(of: keys, from: 0)
        #expect(after == [TouchSight(place: 1, untouchedFrom: 1), TouchSight(place: 1, untouchedFrom: 0)])
        // What has left the log proves nothing.
        _ = try await redis.store.apply((0..<2).map { ApplyCall(ticket, unlinks: ["v1:c:\($0)"]) })
        let later = try await redis.store.touches(of: keys, from: 0)
        #expect(later == keys.map { _ in TouchSight(place: 3, untouchedFrom: 1) })
        #expect(!later[1].isUntouched(since: before[1]) && later[1].isUntouched(since: after[1]))
    }
}
