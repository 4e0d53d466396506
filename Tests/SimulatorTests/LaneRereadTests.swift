import FreshetCore
import FreshetWorker
import Testing

@testable import Simulator

/// What a fence refused is read once more, on a real lane before the played Redis and PostgreSQL.
struct LaneRereadTests {
    /// Two batches of one league each; somebody else touches the first one's with a newer ticket.
    private static func stage(second: (LaneStage) -> Void = { $0.event("league", 2, version: 1) }) -> LaneStage {
        let stage = LaneStage(slice: 100)
        stage.commit([.parent(1), .parent(2)])
        stage.event("league", 1, version: 1)
        second(stage)
        stage.receives = [0, 1].map { [(record: $0, assignment: LaneStage.assignment)] }
        stage.after = { stage, line in
            guard line == "ticket 1" else { return }
            Self.touch("v1:league:1", stage)
        }
        return stage
    }

    private static func touch(_ key: String, _ stage: LaneStage) {
        guard let ticket = stage.world.redis.model.ticket() else { return }
        var call = ApplyCall(ticket: ticket, history: ticket.history)
        Array(key.utf8).withUnsafeBytes { call.operations.unlink(key: $0) }
        _ = stage.world.redis.apply(call)
    }

    /// The next batch's ticket, read and call do for it as well.
    @Test func itRidesWithTheNextBatch() {
        let stage = Self.stage()
        stage.play()
        #expect(stage.heard == ["applied 1, refused 1", "applied 1, refused 0"])
        #expect(stage.lines("ticket") == ["1", "3"])
        #expect(stage.lines("apply").count == 2)
        let last = stage.lines("apply").last ?? ""
        #expect(last.contains("v1:league:1") && last.contains("v1:league:2") && last.hasSuffix(" to 2"))
        #expect(stage.value("v1:league:1") == "league 1 v1")
        #expect(stage.checkpoint?.counts.total == 2)
        // Its table isn't read for it again.
        #expect(!last.contains("v1:table:1"))
    }

    /// Time and again, if need be.
    @Test func whatIsRefusedAgainRidesAgain() {
        let stage = Self.stage()
        stage.after = { stage, line in
            if ["ticket 1", "ticket 3"].contains(line) { Self.touch("v1:league:1", stage) }
        }
        stage.play()
        #expect(stage.heard == ["applied 1, refused 1", "applied 1, refused 1", "applied 0, refused 0"])
        #expect(stage.lines("apply").last?.contains("v1:league:1") == true)
        #expect(stage.value("v1:league:1") == "league 1 v1")
        #expect(stage.value("v1:league:2") == "league 2 v1")
    }

    /// An event that names it says more than the reread would.
    @Test func anEventOfItComesFirst() {
        let stage = LaneStage(slice: 100)
        stage.commit([.parent(1), .child(7, parent: 1)])
        stage.event("match", 7, version: 1)
        stage.event("match", 7, version: 2, isDelete: true)
        stage.receives = [0, 1].map { [(record: $0, assignment: LaneStage.assignment)] }
        stage.after = { stage, line in
            if line == "ticket 1" { Self.touch("v1:match:7", stage) }
        }
        stage.play()
        #expect(stage.heard == ["applied 1, refused 1", "applied 1, refused 0"])
        // The row is there still: a delete never writes its own key.
        #expect(stage.value("v1:match:7") == nil)
        #expect(stage.checkpoint?.counts.total == 2)
    }

    /// Nobody else knows of it.
    @Test func aLaneThatIsToStopReadsItFirst() {
        let stage = Self.stage()
        stage.receives?.removeLast()
        let touch = stage.after
        stage.after = { stage, line in
            touch(stage, line)
            if line.hasPrefix("apply 1") { stage.desk.stop(dropping: false) }
        }
        stage.play()
        #expect(stage.value("v1:league:1") == "league 1 v1")
        #expect(stage.checkpoint?.offset == 1)
    }

    /// The floor rises under the batch that it rides with, which begins anew: nothing is forgotten.
    @Test func itStaysWithABatchThatBeginsAnew() {
        let stage = Self.stage()
        stage.after = { stage, line in
            if line == "ticket 1" { Self.touch("v1:league:1", stage) }
            if line == "ticket 3" { stage.world.redis.model.record?.floor = 4 }
        }
        stage.play()
        #expect(stage.lines("ticket") == ["1", "3", "4"])
        #expect(stage.value("v1:league:1") == "league 1 v1")
        #expect(stage.value("v1:league:2") == "league 2 v1")
    }
}
