import FreshetCore
import FreshetWorker
import Testing

@testable import Simulator

/// Batches of more entities than a slice holds, on a real lane before the played Redis and PostgreSQL.
struct LaneSliceTests {
    /// A batch of five leagues, each with a table of its own: ten documents.
    private static func leagues(slice: Int) -> LaneStage {
        let stage = LaneStage(slice: slice)
        stage.commit((1...5).map { .parent($0) })
        for id in 1...5 { stage.event("league", Int64(id), version: 1) }
        return stage
    }

    /// Ticket first, then data, slice by slice; the batch's own ticket comes back for the checkpoint.
    @Test func eachSliceHasATicketOfItsOwn() {
        let stage = Self.leagues(slice: 4)
        stage.play()
        #expect(
            stage.lines == [
                "ticket 1",
                "read league to match 1 2 3 4 5, league to table 1 2 3 4 5",
                "ticket 2",
                "read league 1 2, table 1 2",
                "apply 2 as 1.0: v1:table:1 v1:league:1 v1:table:2 v1:league:2",
                "ticket 3",
                "read league 3 4, table 3 4",
                "apply 3 as 1.1: v1:table:3 v1:league:3 v1:table:4 v1:league:4",
                "ticket 4",
                "read league 5, table 5",
                "apply 4 as 1.2: v1:table:5 v1:league:5",
                "apply 1 as 1.3 last: to 5",
            ])
        #expect(stage.heard == ["applied 5, refused 0"])
        #expect((1...5).map { stage.value("v1:league:\($0)") } == (1...5).map { "league \($0) v1" })
        #expect((1...5).map { stage.value("v1:table:\($0)") } == (1...5).map { "table \($0) v1: " })
        #expect(stage.checkpoint?.offset == 5)
        #expect(stage.desk.takeFinished().map(\.to) == [5])
    }

    /// Between reading the log and all that takes long, and between the walk and the slices: 5 leagues, 5 tables.
    @Test(arguments: [(5, "give back", 2), (6, "ticket 1", 1), (11, "ticket 1", 0)])
    func memoryIsGivenBackBeforeALongBatch(from entities: Int, first: String, times: Int) {
        let stage = Self.leagues(slice: 4)
        stage.settings.longBatch = entities
        stage.play()
        #expect(stage.lines.first == first)
        #expect(stage.lines.count(where: { $0 == "give back" }) == times)
        #expect(stage.checkpoint?.offset == 5)
    }

    @Test func aBatchThatFitsNeedsOneTicketAndOneCall() {
        let stage = Self.leagues(slice: 10)
        stage.play()
        #expect(stage.lines("ticket") == ["1"])
        #expect(stage.lines("apply").count == 1 && stage.lines("apply")[0].hasSuffix(" to 5"))
        #expect(stage.value("v1:table:5") == "table 5 v1: ")
    }

    /// Nobody reads before its ticket is there: what is committed in between is in the value.
    @Test func whatIsCommittedBeforeASlicesTicketIsInItsValues() {
        let stage = Self.leagues(slice: 4)
        stage.after = { stage, line in
            if line == "ticket 4" { stage.commit([.parent(5)]) }
        }
        stage.play()
        #expect(stage.value("v1:league:5") == "league 5 v2")
    }

    /// Another worker touches what a later slice writes: under the batch's ticket it would be refused.
    @Test func whatOthersTouchedMeanwhileIsNotRefused() {
        let stage = Self.leagues(slice: 4)
        stage.after = { stage, line in
            guard line.hasPrefix("apply 2 "), let ticket = stage.world.redis.model.ticket() else { return }
            var call = ApplyCall(ticket: ticket, history: ticket.history)
            Array("v1:league:5".utf8).withUnsafeBytes { call.operations.unlink(key: $0) }
            #expect(stage.world.redis.apply(call) == .applied(refused: []))
        }
        stage.play()
        #expect(stage.heard == ["applied 5, refused 0"])
        #expect(stage.value("v1:league:5") == "league 5 v1")
    }

    /// One that touches them with a newer ticket than the slice's, before the slice is written: refused, and read once
    /// more.
    @Test func whatASliceIsRefusedIsReadAgain() {
        let stage = Self.leagues(slice: 4)
        stage.after = { stage, line in
            guard line == "ticket 2", let ticket = stage.world.redis.model.ticket() else { return }
            var call = ApplyCall(ticket: ticket, history: ticket.history)
            Array("v1:league:1".utf8).withUnsafeBytes { call.operations.unlink(key: $0) }
            _ = stage.world.redis.apply(call)
        }
        stage.play()
        #expect(stage.heard == ["applied 5, refused 1", "applied 0, refused 0"])
        #expect(stage.lines("read").last == "league 1")
        #expect(stage.value("v1:league:1") == "league 1 v1")
    }

    // MARK: Counts

    /// League 2 was at version 3 when its event of version 2 came, match 7 was there again when its delete came, and
    /// league 3 has two events in the batch.
    @Test(arguments: [100, 2, 1])
    func outcomesAreTheSameWithAndWithoutSlices(_ slice: Int) {
        let stage = LaneStage(slice: slice)
        stage.commit((1...5).map { .parent($0) })
        stage.commit([.parent(2), .parent(2), .parent(3), .child(7, parent: 1), .deleteChild(7), .child(7, parent: 1)])
        stage.event("league", 1, version: 1)
        stage.event("league", 2, version: 2)
        stage.event("match", 7, version: 2, isDelete: true)
        stage.event("league", 3, version: 1)
        stage.event("league", 3, version: 2)
        stage.play()
        #expect(stage.checkpoint?.counts.applied == 2)
        #expect(stage.checkpoint?.counts.superseded == 3)
        #expect(stage.checkpoint?.counts.total == 5)
    }

    // MARK: Faults of single ids

    /// What PostgreSQL rejects in a slice is removed, and its record a letter.
    @Test func aRejectedIDOfASliceIsALetter() {
        let stage = Self.leagues(slice: 4)
        stage.world.redis.set("v1:league:4", "old")
        stage.refusal = { statement, ids in
            guard statement == SimGraph.StatementNumber.league, ids.contains(4) else { return nil }
            return Fault(.postgres, .sqlState("22003"), "this id is out of range")
        }
        var lettersBefore: Int?
        stage.after = { stage, line in
            if line.hasSuffix(" to 5") { lettersBefore = stage.world.kafka.letters.count }
        }
        stage.play()
        #expect(stage.heard == ["isolated 1", "applied 5, refused 0"])
        #expect(stage.value("v1:league:4") == nil)
        #expect(stage.value("v1:league:3") == "league 3 v1")
        #expect(stage.value("v1:table:4") == "table 4 v1: ")
        #expect(stage.checkpoint?.counts.applied == 4)
        #expect(stage.checkpoint?.counts.deadLettered == 1)
        #expect(lettersBefore == 1)
    }

    /// Too large an answer is nobody's fault: it fits when it is asked for in parts.
    @Test(arguments: [4, 100])
    func aResultOverItsBoundIsAskedInHalves(_ slice: Int) {
        let stage = Self.leagues(slice: slice)
        stage.refusal = { statement, ids in
            guard statement == SimGraph.StatementNumber.league, ids.count > 1 else { return nil }
            return Fault(.postgres, .sqlState("54000"), "a result of 9 bytes is over the bound of 5 bytes")
        }
        stage.play()
        #expect(stage.heard == ["applied 5, refused 0"])
        #expect(stage.lines("read").contains("league 1, league 2"))
        #expect((1...5).map { stage.value("v1:league:\($0)") } == (1...5).map { "league \($0) v1" })
        #expect(stage.checkpoint?.counts.applied == 5)
        #expect(stage.world.kafka.letters.isEmpty)
    }

    // MARK: Memory

    /// What a batch remembers is as old as the edges that it followed: it names its parent beside a newer batch's, and
    /// never instead of it.
    @Test func whatIsRememberedIsAsOldAsTheBatch() {
        let stage = LaneStage(slice: 2)
        stage.commit([.parent(1), .parent(2)] + (1...4).map { .child($0, parent: 1) })
        for id in 1...4 { stage.event("match", Int64(id), version: 1) }
        stage.after = { stage, line in
            guard line.hasPrefix("apply 2 "), let newer = stage.world.redis.model.ticket() else { return }
            // Match 1 has moved, and another worker's batch says so.
            stage.commit([.child(1, parent: 2)])
            let table = EntityRef(kind: SimGraph.table, int: 2)
            var call = ApplyCall(ticket: newer, history: newer.history)
            let entry = Memory(parents: [table]).entry(newer, stage.graph, TextPool())
            call.operations.remember(key: stage.memoryKey(1), MemoryWrite(entry: entry, seen: [], both: entry))
            #expect(stage.world.redis.apply(call) == .applied(refused: []))
        }
        stage.play()
        #expect(stage.heard == ["applied 4, refused 0"])
        #expect(stage.memory(1) == "i1/3/2 i1/1/1")
        #expect(stage.memory(2) == "i1/1/1")
    }

    // MARK: Between two slices

    @Test func aPartitionTakenAwayBetweenTwoSlicesDropsTheBatch() {
        let stage = Self.leagues(slice: 4)
        var version = Int.max
        stage.after = { stage, line in
            if line.hasPrefix("apply 2 ") { version = stage.desk.remove([LaneStage.partition]) }
        }
        stage.play()
        #expect(stage.lines("apply") == ["2 as 1.0: v1:table:1 v1:league:1 v1:table:2 v1:league:2"])
        #expect(stage.heard == ["dropped 5"])
        #expect(stage.checkpoint?.offset == 0)
        #expect(stage.desk.takeFinished().isEmpty)
        #expect(stage.desk.hasAcknowledged(version))
    }

    @Test func aShutdownThatDropsComesBetweenTwoSlices() {
        let stage = Self.leagues(slice: 4)
        stage.after = { stage, line in
            if line.hasPrefix("apply 2 ") { stage.desk.stop(dropping: true) }
        }
        stage.play()
        #expect(stage.lines("apply").count == 1)
        #expect(stage.heard == ["dropped 5"])
        #expect(stage.checkpoint?.offset == 0)
    }

    @Test func itAlsoComesBetweenTwoStepsOfTheWalk() {
        let stage = Self.leagues(slice: 4)
        stage.commit([.child(1, parent: 1)])
        stage.after = { stage, line in
            if line.hasPrefix("read ") { stage.desk.stop(dropping: true) }
        }
        stage.play()
        #expect(stage.lines("read") == ["league to match 1 2 3 4 5, league to table 1 2 3 4 5"])
        #expect(stage.lines("apply").isEmpty && stage.heard == ["dropped 5"])
    }

    /// The one that took over may lack what the first slice wrote: nothing more is written for this batch.
    @Test func aFailoverBetweenTwoSlicesIsALoss() {
        let stage = Self.leagues(slice: 4)
        stage.after = { stage, line in
            if line.hasPrefix("apply 2 ") { stage.world.redis.restartBehind(by: 1) }
        }
        stage.play()
        #expect(stage.lines("apply") == ["2 as 1.0: v1:table:1 v1:league:1 v1:table:2 v1:league:2"])
        #expect(stage.lines("ticket") == ["1", "2", "3"])
        #expect(stage.heard == ["lost process", "dropped 5"])
        #expect(stage.desk.takeRequests().map(\.reason) == [.process])
        #expect(stage.checkpoint?.offset == 0)
    }

    @Test func aFlushBetweenTwoSlicesIsALoss() {
        let stage = Self.leagues(slice: 4)
        stage.after = { stage, line in
            guard line.hasPrefix("apply 2 ") else { return }
            let mark = stage.world.redis.model.record?.marks
            stage.world.redis.flush()
            _ = stage.world.redis.establish(
                incarnation: "i2", owner: "stage", history: stage.world.database.history(0))
            stage.world.redis.model.record?.marks = mark ?? [:]
        }
        stage.play()
        #expect(stage.lines("apply").count == 1)
        #expect(stage.heard == ["lost incarnation", "dropped 5"])
        #expect(stage.value("v1:league:5") == nil)
    }

    /// A rebuild began meanwhile: the slices may write, but the batch's edges are older than it.
    @Test func aRaisedFloorLetsTheBatchComeAgain() {
        let stage = Self.leagues(slice: 4)
        stage.after = { stage, line in
            if line.hasPrefix("apply 2 ") { stage.world.redis.model.record?.floor = 2 }
        }
        stage.play()
        #expect(stage.lines("apply").filter { $0.contains("refused") } == ["1 as 1.3 last: to 5 refused floor"])
        #expect(stage.lines("apply").last == "5 as 5.3 last: to 5")
        #expect(stage.checkpoint?.counts.applied == 5)
    }

    /// A slice has its place in the order of tickets while it is under way; the batch itself has none.
    @Test func otherLanesWaitForASliceAndNotForTheBatch() {
        let stage = Self.leagues(slice: 4)
        var isFirst: [Bool] = []
        stage.after = { stage, line in
            guard line.hasPrefix("apply ") || line.hasPrefix("read ") else { return }
            stage.order.enter(7, 1_000)
            isFirst.append(stage.order.isFirst(7))
            stage.order.leave(7)
        }
        stage.play()
        // The edges, three times a slice's read and call, and the last call.
        #expect(isFirst == [true, false, false, false, false, false, false, true])
    }
}
