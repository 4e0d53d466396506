import FreshetCore
import LocalServers
import RedisLink
import TestServers
import Testing

/// The store across failures of its connection and of Redis' memory.
@Suite struct RedisCacheStoreTests {
    @Test func aStalledServerTimesOutAndTheNextCallStartsAfresh() async throws {
        let redis = try RedisHarness()
        _ = try await redis.begin()
        let store = redis.another(commandTimeout: 1_000)
        // A busy machine doesn't keep such a limit each time.
        var isOpen = false
        for _ in 0..<100 where !isOpen { isOpen = (try? await store.look([])) != nil }
        try #require(isOpen)
        redis.server.suspend()
        let stalled = await Result { () async throws(Fault) in try await store.get([Array("v1:a".utf8)]) }
        guard case .failure(let fault) = stalled else {
            Issue.record("a stopped server answered")
            return
        }
        #expect(fault.code == .timeout)
        redis.server.resume()
        _ = try redis.store.command("SET", "v1:b", "b")
        // A late reply to the first call would be nil.
        var value: String?
        for _ in 0..<100 where value == nil { value = try? await store.value("v1:b") }
        #expect(value == "b")
    }

    @Test func killedAndStartedAgainItIsAnotherProcess() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        try await redis.store.requestTicket()
        redis.server.kill()
        let lost = await Result { () async throws(Fault) in try await redis.store.apply([ApplyCall(ticket)]) }
        #expect(throws: Fault.self) { try lost.get() }
        let refused = await Result { () async throws(Fault) in try await redis.store.look([]) }
        guard case .failure(let fault) = refused else {
            Issue.record("a dead server answered")
            return
        }
        #expect(fault.code == .cannotConnect)
        try redis.server.restart()
        #expect(try await redis.store.look([]).record == nil)
        #expect(try await redis.store.ticket() == nil)
        #expect(try await redis.store.apply(ApplyCall(ticket, writes: [("v1:a", "x")])) == .refused(.process))
        #expect(try await redis.store.value("v1:a") == nil)
    }

    @Test func aFailoverToTheReplicaRefusesOldTickets() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        let replica = try RedisServer(folder: redis.folder.folder("replica"), replicaOf: redis.server.port)
        // What follows needs the copy of the record.
        var copy: String?
        for _ in 0..<6_000 where copy != "$2\r\ni1\r\n" {
            copy = Loopback.ask(port: replica.port, "HGET v1:freshet incarnation\r\n", within: 20_000)
            try await Task.sleep(for: .milliseconds(10))
        }
        try #require(copy == "$2\r\ni1\r\n")
        redis.server.kill()
        #expect(Loopback.ask(port: replica.port, "REPLICAOF NO ONE\r\n", within: 20_000) == "+OK\r\n")
        let store = RedisHarness.store(.patient(port: replica.port))
        #expect(try await store.look([]).record?.incarnation == "i1")
        #expect(try await store.apply(ApplyCall(ticket, writes: [("v1:a", "x")])) == .refused(.process))
    }

    @Test func forgottenScriptsAreLoadedAgainInOrder() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        let flush = { () throws in _ = try redis.store.command("SCRIPT", "FLUSH") }
        try flush()
        try await redis.store.requestTicket()
        #expect(try await redis.store.look([]).record?.incarnation == "i1")
        #expect(try await redis.store.ticket()?.number == 2)
        try flush()
        let p = Partition(topic: "t", number: 0)
        let calls = (0..<4).map { index in
            ApplyCall(
                ticket, writes: [("v1:a", "\(index)")],
                link: ApplyCall.Link(name: p, batch: ticket.number, index: index, isLast: index == 3))
        }
        #expect(try await redis.store.apply(calls) == Array(repeating: .applied(refused: []), count: 4))
        #expect(try await redis.store.value("v1:a") == "3")
        try flush()
        #expect(try redis.store.lease(Array("v1:a".utf8)) == .hit([51]))
    }

    @Test func demotedItAnswersReadOnlyAndConnectsAnew() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        let other = try RedisServer(folder: redis.folder.folder("other"))
        // It never gets as far as the other one's data: without its own record, it would have nothing to write.
        other.suspend()
        _ = try redis.store.command("REPLICAOF", "127.0.0.1", "\(other.port)")
        guard case .failed(let fault) = try await redis.store.apply(ApplyCall(ticket, unlinks: ["v1:a"])) else {
            Issue.record("a replica wrote")
            return
        }
        #expect(fault.code == .redis("READONLY"))
        let again = await Result { () async throws(Fault) in try await redis.store.look([]) }
        guard case .failure(let second) = again else {
            Issue.record("connected to a replica")
            return
        }
        #expect(second.code == .redis("READONLY"))
    }

    @Test func aTicketHidesBehindOtherCalls() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        try await redis.store.requestTicket()
        #expect(try await redis.store.apply(ApplyCall(ticket, writes: [("v1:a", "x")])) == .applied(refused: []))
        #expect(try await redis.store.value("v1:a") == "x")
        #expect(try await redis.store.ticket()?.number == 2)
        #expect(try await redis.store.ticket()?.number == 3)
    }

    @Test func aTicketThatIsAskedForAgainIsTheLaterOne() async throws {
        let redis = try RedisHarness()
        _ = try await redis.begin()
        // A batch that is dropped before it took its ticket.
        try await redis.store.requestTicket()
        #expect(try await redis.another().ticket()?.number == 3)
        try await redis.store.requestTicket()
        #expect(try await redis.store.ticket()?.number == 4)
        #expect(try await redis.store.ticket()?.number == 5)
    }

    /// Nobody takes the answers of removals ahead, so nobody may get them for their own either.
    @Test func removalsAheadLeaveTheOtherAnswersAlone() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        let store = redis.store
        let keys = (0..<600).map { "v1:a:\($0)" } + ["v1:b"]
        _ = try await store.apply(ApplyCall(ticket, writes: keys.map { ($0, "x") }))
        var many = ByteArena()
        for key in keys.dropLast() { many.append(key.utf8) }
        var missing = ByteArena()
        missing.append("v1:c".utf8)

        try await store.requestTicket()
        try await store.removeAhead(many)
        #expect(try await store.ticket()?.number == 2)
        #expect(try await store.value("v1:b") == "x")
        #expect(try await store.get(keys.dropLast().map { Array($0.utf8) }).allSatisfy { $0 == nil })

        // The ticket's answer is among others' here, and behind removals there.
        try await store.requestTicket()
        try await store.removeAhead(missing)
        #expect(try await store.apply(ApplyCall(ticket, writes: [("v1:c", "y")])) == .applied(refused: []))
        #expect(try await store.ticket()?.number == 3)
        try await store.removeAhead(missing)
        try await store.requestTicket()
        #expect(try await store.value("v1:c") == nil)
        #expect(try await store.ticket()?.number == 4)
        // One that a dropped batch asked for, and its removals.
        try await store.requestTicket()
        try await store.removeAhead(missing)
        try await store.requestTicket()
        #expect(try await store.ticket()?.number == 6)
        try await store.removeAhead(missing)
        #expect(try await store.value("v1:b") == "x")
    }

    /// Removals that are posted while a call's answer is on its way are answered behind it.
    @Test func removalsWhileACallIsAnsweredLeaveItsAnswerAlone() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        let store = redis.store
        var gone = ByteArena()
        for number in 0..<600 { gone.append("v1:a:\(number)".utf8) }
        let keys = (0..<600).map { "v1:a:\($0)" }
        _ = try await store.apply(ApplyCall(ticket, writes: keys.map { ($0, "x") }))
        let bell = Bell()
        bell.ring()
        var acts = 0
        let meanwhile = Meanwhile(descriptor: bell.reader) {
            acts += 1
            try? await store.removeAhead(gone)
            // Silenced at the second time only.
            if acts == 2 { bell.silence() }
            return true
        }
        try await store.removeAhead(gone)
        try await store.requestTicket()
        let calls = [ApplyCall(ticket, writes: [("v1:b", "1")]), ApplyCall(ticket, writes: [("v1:c", "2")])]
        #expect(try await store.apply(calls, meanwhile: meanwhile) == [.applied(refused: []), .applied(refused: [])])
        #expect(acts <= 2)
        #expect(try await store.ticket()?.number == 2)
        #expect(try await store.get([Array("v1:b".utf8), Array("v1:c".utf8)]) == [Array("1".utf8), Array("2".utf8)])
        bell.ring()
        // Somebody who is done isn't asked again.
        var asked = 0
        let once = Meanwhile(descriptor: bell.reader) {
            asked += 1
            return false
        }
        #expect(try await store.apply([ApplyCall(ticket, writes: [("v1:d", "3")])], meanwhile: once).count == 1)
        #expect(asked <= 1)
        #expect(try await store.value("v1:d") == "3")
    }

    /// A stopped server answers nothing, so whatever else there is to do is done.
    @Test func whileACallIsOnItsWayThereIsTimeForOthers() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        let store = redis.store
        _ = try await store.apply(ApplyCall(ticket, writes: [("v1:a", "x")]))
        let bell = Bell()
        bell.ring()
        var gone = ByteArena()
        gone.append("v1:a".utf8)
        redis.server.suspend()
        let meanwhile = Meanwhile(descriptor: bell.reader) {
            bell.silence()
            try? await store.removeAhead(gone)
            redis.server.resume()
            return true
        }
        let replies = try await store.apply([ApplyCall(ticket, writes: [("v1:b", "y")])], meanwhile: meanwhile)
        #expect(replies == [.applied(refused: [])])
        #expect(try await store.value("v1:a") == nil)
        #expect(try await store.value("v1:b") == "y")
    }

    @Test func scanFindsEveryKeyButNotTheControlRecord() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        let keys = (0..<300).map { "v1:match:\($0)" } + ["v1:freshets:1"]
        _ = try await redis.store.apply(ApplyCall(ticket, writes: keys.map { ($0, "x") }))
        _ = try redis.store.lease(Array("v1:team:1".utf8), milliseconds: 60_000, holder: "h")
        var found: Set<String> = []
        var cursor: UInt64 = 0
        repeat {
            let step = try await redis.store.scan(pattern: "v1:*", cursor: cursor, count: 50)
            cursor = step.cursor
            for key in step.keys { found.insert(String(decoding: key, as: UTF8.self)) }
        } while cursor != 0
        #expect(found == Set(keys))
    }

    @Test func faultsOfTheRecordAreTyped() async throws {
        let redis = try RedisHarness()
        _ = try redis.store.command("SET", "v1:freshet", "a string")
        let result = await Result { () async throws(Fault) in try await redis.store.look([]) }
        guard case .failure(let fault) = result else {
            Issue.record("a string was taken for a record")
            return
        }
        #expect(fault.code == .redis("WRONGTYPE"))
    }
}
