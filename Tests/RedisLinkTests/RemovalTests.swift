import FreshetCore
import RedisLink
import Testing

/// Keys that are removed beside the script, behind a touch of their buckets.
@Suite struct RemovalTests {
    private let p = Partition(topic: "t", number: 0)

    private func removal(_ ticket: Ticket, _ keys: [String], link: ApplyCall.Link? = nil) -> ApplyCall {
        var call = ApplyCall(ticket, link: link)
        for key in keys { call.removals.append(key.utf8) }
        return call
    }

    @Test func keysGoAndNoOlderValueComesBack() async throws {
        let redis = try RedisHarness()
        let slow = try await redis.begin()
        let fast = try #require(try await redis.store.ticket())
        let keys = (0..<1_500).map { "v1:k:\($0)" }
        for key in keys { _ = try redis.store.command("SET", key, "old") }
        #expect(try await redis.store.apply(removal(fast, keys)) == .applied(refused: []))
        #expect(try await redis.store.get(keys.map { Array($0.utf8) }).allSatisfy { $0 == nil })
        #expect(try redis.field("touches") == "0 1 3000 2 0")
        let late = ApplyCall(slow, writes: [("v1:k:7", "old"), ("v1:elsewhere", "x")])
        #expect(try await redis.store.apply(late) == .applied(refused: [0]))
        #expect(try await redis.store.value("v1:k:7") == nil)
        #expect(try await redis.store.value("v1:elsewhere") == "x")
        // The same batch may write, and later ones.
        #expect(try await redis.store.apply(ApplyCall(fast, writes: [("v1:k:7", "x")])) == .applied(refused: []))
        let next = try #require(try await redis.store.ticket())
        #expect(try await redis.store.apply(ApplyCall(next, writes: [("v1:k:7", "y")])) == .applied(refused: []))
        #expect(try await redis.store.value("v1:k:7") == "y")
    }

    @Test func aTokenOfBeforeIsWorthNothing() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        let key = Array("v1:a".utf8)
        let before = try await redis.store.touches(of: [key], from: nil)
        guard case .miss(let token, _) = try redis.store.lease(key) else {
            Issue.record("there is a value")
            return
        }
        #expect(try await redis.store.apply(removal(ticket, ["v1:a"])) == .applied(refused: []))
        let after = try await redis.store.touches(of: [key], from: before[0].place)
        #expect(!after[0].isUntouched(since: before[0]) && after[0].isUntouched(since: after[0]))
        #expect(try redis.store.fill(key, token: token, value: [1], timeToLive: 60_000) == false)
        // A second touch with the same ticket counts too, and one of another bucket doesn't.
        guard case .miss(let second, _) = try redis.store.lease(key) else {
            Issue.record("no token")
            return
        }
        #expect(try await redis.store.apply(removal(ticket, ["v1:a"])) == .applied(refused: []))
        #expect(try redis.store.fill(key, token: second, value: [1], timeToLive: 60_000) == false)
        guard case .miss(let third, _) = try redis.store.lease(key) else {
            Issue.record("no token")
            return
        }
        #expect(try await redis.store.apply(removal(ticket, ["v1:b"])) == .applied(refused: []))
        #expect(try redis.store.fill(key, token: third, value: [1], timeToLive: 60_000))
    }

    @Test func aRemovalThatRedisDoesNotDoFailsTheCall() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        _ = try redis.store.command("SET", "v1:a", "old")
        _ = try redis.store.command("ACL", "SETUSER", "default", "-unlink")
        let link = ApplyCall.Link(name: p, batch: ticket.number, index: 1, isLast: false)
        guard case .failed(let fault) = try await redis.store.apply(removal(ticket, ["v1:a"], link: link)) else {
            Issue.record("nobody may remove, and the call was applied")
            return
        }
        #expect(fault.code == .redis("NOPERM"))
        _ = try redis.store.command("ACL", "SETUSER", "default", "+unlink")
        #expect(try await redis.store.apply(removal(ticket, ["v1:a"], link: link)) == .applied(refused: []))
        #expect(try await redis.store.value("v1:a") == nil)
        #expect(try redis.field("chain:t:0") == "\(ticket.number) 1")
    }

    /// What comes back from a copy that lacked the touch is refused, although the process is the same.
    @Test func aTouchThatRedisForgotRefusesTheCall() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        var call = removal(
            ticket, ["v1:a"], link: ApplyCall.Link(name: p, batch: ticket.number, index: 1, isLast: false))
        #expect(try await redis.store.apply(call.touch) == .applied(refused: []))
        _ = try redis.store.command("HDEL", "v1:freshet", "chain:t:0")
        call.removals = ByteArena()
        #expect(try await redis.store.apply(call) == .refused(.chain))
    }

    @Test func whatTheTouchIsRefusedIsTheAnswer() async throws {
        let redis = try RedisHarness()
        var ticket = try await redis.begin()
        ticket.incarnation = "i0"
        #expect(try await redis.store.apply(removal(ticket, ["v1:a"])) == .refused(.incarnation))
        #expect(try redis.field("touches") == "0 0 0 0 0")
    }

    @Test func forgottenScriptsDoNotMatter() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        _ = try redis.store.command("SET", "v1:a", "old")
        _ = try redis.store.command("SCRIPT", "FLUSH")
        let calls = [removal(ticket, ["v1:a"]), ApplyCall(ticket, writes: [("v1:b", "x")])]
        #expect(try await redis.store.apply(calls) == [.applied(refused: []), .applied(refused: [])])
        #expect(try await redis.store.value("v1:a") == nil)
        #expect(try redis.field("touches") == "0 2 4 1 0")
    }
}
