import FreshetCore
import RedisLink
import Testing

/// The chunks of a batch whose slices have tickets of their own.
@Suite struct ChainTests {
    private let p = Partition(topic: "t", number: 0)

    private func move(_ from: Int64, _ countedFrom: Int64, _ to: Int64) -> CheckpointMove {
        var counts = OutcomeCounts()
        counts.applied = to - countedFrom
        return CheckpointMove(
            partition: p, from: from, countedFrom: countedFrom, to: to, timestamp: 77, hash: 18_446_744_073_709_551_615,
            counts: counts)
    }

    /// A large batch takes a ticket per slice; its chain is named by the first, which the last call carries again.
    @Test func chunksOfAChainMayCarryDifferentTickets() async throws {
        let redis = try RedisHarness()
        let first = try await redis.begin(checkpoint: p)
        let second = try #require(try await redis.store.ticket())
        let third = try #require(try await redis.store.ticket())
        let chunk = { (ticket: Ticket, batch: Int64, index: Int, last: Bool) in
            ApplyCall(
                ticket, writes: last ? [] : [("v1:\(index)", "of \(ticket.number)")],
                link: ApplyCall.Link(name: p, batch: batch, index: index, isLast: last))
        }
        #expect(try await redis.store.apply(chunk(second, first.number, 0, false)) == .applied(refused: []))
        #expect(try redis.field("chain:t:0") == "1 0")
        // The slice's own number names no chain, nor does another batch's.
        #expect(try await redis.store.apply(chunk(third, third.number, 1, false)) == .refused(.chain))
        #expect(try await redis.store.apply(chunk(second, second.number, 1, false)) == .refused(.chain))
        #expect(try await redis.store.value("v1:1") == nil)
        #expect(try await redis.store.apply(chunk(third, first.number, 1, false)) == .applied(refused: []))
        #expect(try redis.field("chain:t:0") == "1 1")
        var last = chunk(first, second.number, 2, true)
        last.moves = [move(10, 10, 13)]
        #expect(try await redis.store.apply(last) == .refused(.chain))
        #expect(try await redis.store.look([p]).record?.checkpoints[p]?.offset == 10)
        last.link?.batch = first.number
        #expect(try await redis.store.apply(last) == .applied(refused: []))
        #expect(try redis.field("chain:t:0") == nil)
        #expect(try await redis.store.look([p]).record?.checkpoints[p]?.offset == 13)
        #expect(try await redis.store.value("v1:0") == "of 2")
        #expect(try await redis.store.value("v1:1") == "of 3")
    }

    /// A chain that another batch of the partition has begun anew is not the one to go on with.
    @Test func anotherBatchOfThePartitionTakesTheChainOver() async throws {
        let redis = try RedisHarness()
        let old = try await redis.begin(checkpoint: p)
        let new = try #require(try await redis.store.ticket())
        let link = { (ticket: Ticket, index: Int) in
            ApplyCall(
                new, writes: [("v1:a", "\(ticket.number)")],
                link: ApplyCall.Link(name: p, batch: ticket.number, index: index, isLast: false))
        }
        #expect(try await redis.store.apply(link(old, 0)) == .applied(refused: []))
        #expect(try await redis.store.apply(link(new, 0)) == .applied(refused: []))
        #expect(try await redis.store.apply(link(old, 1)) == .refused(.chain))
        #expect(try await redis.store.apply(link(new, 1)) == .applied(refused: []))
    }

    /// The last call carries the batch's own ticket: what it remembers is as old as the edges that it followed, and a
    /// newer batch's entry stays beside it. A removal has nothing to add.
    @Test func memoryUnderTheBatchsTicketDoesNotReplaceANewerOne() async throws {
        let redis = try RedisHarness()
        let batch = try await redis.begin(checkpoint: p)
        let newer = try #require(try await redis.store.ticket())
        let slice = try #require(try await redis.store.ticket())
        let hash = Array("v1:freshet:memory:a->b".utf8)
        /// Nothing was there when it was looked at.
        func memory(_ entry: String) -> MemoryWrite {
            MemoryWrite(entry: Array(entry.utf8), seen: [], both: Array(entry.utf8))
        }
        func remembering(_ ticket: Ticket, _ child: String, _ entry: String, _ link: ApplyCall.Link?) -> ApplyCall {
            var call = ApplyCall(ticket, link: link)
            call.operations.remember(key: hash + Array(":\(child)".utf8), memory(entry))
            return call
        }
        func link(_ index: Int, isLast: Bool) -> ApplyCall.Link {
            ApplyCall.Link(name: p, batch: batch.number, index: index, isLast: isLast)
        }
        #expect(try await redis.store.apply(remembering(newer, "1", "i1/2/8", nil)) == .applied(refused: []))
        #expect(try await redis.store.apply(remembering(newer, "2", "i1/2/8", nil)) == .applied(refused: []))
        let write = ApplyCall(slice, writes: [("v1:a", "x")], link: link(0, isLast: false))
        #expect(try await redis.store.apply(write) == .applied(refused: []))
        var last = remembering(batch, "1", "i1/1/7", link(1, isLast: true))
        last.operations.remember(key: hash + Array(":2".utf8), memory(""))
        last.operations.remember(key: hash + Array(":3".utf8), memory("i1/1/7"))
        #expect(try await redis.store.apply(last) == .applied(refused: []))
        let entries = try await redis.store.recall(hash, ["1", "2", "3"].map { Array($0.utf8) })
        #expect(
            entries.map { $0.map { String(decoding: $0, as: UTF8.self) } } == ["i1/2/8 i1/1/7", "i1/2/8", "i1/1/7"])
    }

    /// Whoever looked at an entry may count on it: nothing is taken out of it that wasn't seen there, nor as long as a
    /// newer ticket is out.
    @Test func nothingIsTakenOutOfTheMemoryThatOthersMayCountOn() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin(checkpoint: p)
        let hash = Array("v1:freshet:memory:a->b".utf8)
        func remember(_ ticket: Ticket, _ entry: String, seen: String, both: String) async throws -> String? {
            var call = ApplyCall(ticket)
            call.operations.remember(
                key: hash + Array(":1".utf8),
                MemoryWrite(entry: Array(entry.utf8), seen: Array(seen.utf8), both: Array(both.utf8)))
            #expect(try await redis.store.apply(call) == .applied(refused: []))
            return try await redis.store.recall(hash, [Array("1".utf8)])[0].map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(try await remember(ticket, "i1/1/7", seen: "", both: "i1/1/7") == "i1/1/7")
        // Seen, and the newest ticket: 7 is gone.
        #expect(try await remember(ticket, "i1/1/8", seen: "i1/1/7", both: "i1/1/7,8") == "i1/1/8")
        // Not what was seen: it is added, and a removal has nothing to add.
        #expect(try await remember(ticket, "i1/1/9", seen: "i1/1/7", both: "i1/1/7,9") == "i1/1/8 i1/1/9")
        #expect(try await remember(ticket, "", seen: "i1/1/7", both: "i1/1/7") == "i1/1/8 i1/1/9")
        let newer = try #require(try await redis.store.ticket())
        #expect(try await remember(ticket, "i1/1/5", seen: "i1/1/8 i1/1/9", both: "i1/1/5,8,9") == "i1/1/5,8,9")
        #expect(try await remember(ticket, "", seen: "i1/1/5,8,9", both: "i1/1/5,8,9") == "i1/1/5,8,9")
        #expect(try await remember(newer, "", seen: "i1/1/5,8,9", both: "i1/1/5,8,9") == nil)
        // A token that names the same and isn't newer says nothing more; one that counts isn't lost to one that
        // doesn't.
        #expect(try await remember(newer, "i1/2/4", seen: "", both: "i1/2/4") == "i1/2/4")
        #expect(try await remember(newer, "i1/0/4", seen: "", both: "i1/0/4") == "i1/2/4 i1/0/4")
        #expect(try await remember(newer, "i1/3/4", seen: "", both: "i1/3/4") == "i1/3/4")
    }
}
