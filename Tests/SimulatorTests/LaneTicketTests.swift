import FreshetCore
import FreshetWorker
import Testing

@testable import Simulator

/// When a batch takes its ticket, on a real lane before the played Redis and PostgreSQL.
struct LaneTicketTests {
    private static func stage(slice: Int = 100, isDelete: Bool) -> LaneStage {
        let stage = LaneStage(slice: slice, removesReached: true)
        stage.commit((1...5).map { .parent($0) })
        for id in 1...5 { stage.event("league", Int64(id), version: 1, isDelete: isDelete) }
        return stage
    }

    /// A value is read after its ticket was handed out; a removal is right under any ticket that was asked for when its
    /// event was known.
    @Test(arguments: [false, true]) func onlyWhatIsWrittenWaitsForItsTicket(isDelete: Bool) {
        let stage = Self.stage(isDelete: isDelete)
        stage.play()
        let words = stage.lines.map { $0.prefix { $0 != " " } }
        #expect(words == (isDelete ? ["read", "ticket", "apply"] : ["ticket", "read", "apply"]))
        #expect(stage.checkpoint?.offset == 5)
    }

    /// Nothing is put off where nothing is written: one call also moves the checkpoint.
    @Test(arguments: [false, true]) func onlyDocumentsThatAreWrittenArePutOff(isDelete: Bool) {
        let stage = Self.stage(slice: 2, isDelete: isDelete)
        stage.play()
        #expect(stage.lines("apply").count == (isDelete ? 1 : 4))
        #expect(stage.checkpoint?.offset == 5)
    }

    /// Before anything is read, once for all attempts, and with the cascade again: only that removal has a fence.
    @Test func whatIsRemovedAheadWaitsForNothing() {
        let stage = LaneStage(slice: 100, removesReached: true)
        for kind in stage.graph.kinds.indices { stage.graph.kinds[kind].onChange = .invalidate }
        stage.graph.kinds[Int(SimGraph.league.value)].removesAhead = true
        stage.commit([.parent(1), .parent(2), .child(7, parent: 1)])
        stage.event("league", 1, version: 1)
        stage.event("match", 7, version: 1)
        for key in ["v1:league:1", "v1:match:7", "v1:table:1"] { stage.world.redis.set(key, "old") }
        var cached: [Bool] = []
        var isFirst = true
        stage.after = { stage, line in
            if line.hasPrefix("ahead") {
                cached = ["v1:league:1", "v1:match:7", "v1:table:1"].map { stage.value($0) != nil }
            }
            // The floor rises over the first attempt's ticket.
            if line.hasPrefix("ticket"), isFirst, let number = Int64(line.dropFirst("ticket ".count)) {
                isFirst = false
                stage.world.redis.model.record?.floor = number + 1
            }
        }
        stage.play()
        #expect(stage.lines.map { $0.prefix { $0 != " " } }.first == "ahead")
        #expect(stage.lines("ahead") == ["v1:league:1"])
        #expect(cached == [false, true, true])
        #expect(stage.lines("apply").count == 2)
        #expect(stage.lines("apply").last?.contains("v1:league:1") == true)
        #expect(["v1:league:1", "v1:match:7", "v1:table:1"].allSatisfy { stage.value($0) == nil })
        #expect(stage.checkpoint?.offset == 2)
    }

    /// What was asked for by a piece that was nobody's any more is older than what comes after it.
    @Test func aTicketIsNeverOlderThanItsBatch() {
        let stage = Self.stage(isDelete: false)
        stage.settings.receiveRecords = 2
        let gone = RecordBatch.Assignment(slot: 7, epoch: 1)
        stage.receives = [
            [(record: 0, assignment: gone)],
            [(record: 0, assignment: LaneStage.assignment), (record: 1, assignment: LaneStage.assignment)], [],
        ]
        stage.play()
        #expect(stage.lines("ticket") == ["2"])
        #expect(stage.checkpoint?.offset == 2)
    }
}
