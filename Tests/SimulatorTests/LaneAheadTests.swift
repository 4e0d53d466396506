import FreshetCore
import FreshetWorker
import Testing

@testable import Simulator

/// Records that come while a batch waits for PostgreSQL, on a real lane before the played Redis and PostgreSQL.
struct LaneAheadTests {
    /// Two events in two receives, the second of which comes while the first one's batch reads.
    private static func stage(second: [Int] = [1]) -> LaneStage {
        let stage = LaneStage(slice: 100, removesReached: true)
        for kind in stage.graph.kinds.indices { stage.graph.kinds[kind].onChange = .invalidate }
        stage.graph.kinds[Int(SimGraph.league.value)].removesAhead = true
        stage.commit([.parent(1), .parent(2)])
        stage.event("league", 1, version: 1)
        for _ in second { stage.event("league", 2, version: 1) }
        for key in ["v1:league:1", "v1:league:2", "v1:table:2"] { stage.world.redis.set(key, "old") }
        stage.comesEarly = true
        stage.receives = [
            [(record: 0, assignment: LaneStage.assignment)],
            second.map { (record: $0, assignment: LaneStage.assignment) },
        ]
        return stage
    }

    /// Its own keys at once, the rest in its turn: with a ticket that is asked for when the batch before is done.
    @Test func whatComesDuringAReadIsRemovedAtOnce() {
        let stage = Self.stage()
        var cached: [Bool] = []
        stage.after = { stage, line in
            if line == "ahead v1:league:2" { cached = ["v1:league:2", "v1:table:2"].map { stage.value($0) != nil } }
        }
        stage.play()
        let words = stage.lines.map { $0.prefix { $0 != " " } }
        #expect(words == ["ahead", "ahead", "read", "ticket", "apply", "read", "ticket", "apply"])
        #expect(stage.lines("ahead") == ["v1:league:1", "v1:league:2"])
        #expect(cached == [false, true])
        #expect(stage.lines("ticket") == ["1", "2"])
        let applied = stage.lines("apply")
        #expect(applied.first?.contains("v1:league:2") == false && applied.first?.hasSuffix(" to 1") == true)
        #expect(applied.last?.contains("v1:league:2") == true && applied.last?.hasSuffix(" to 2") == true)
        #expect(stage.value("v1:table:2") == nil)
        #expect(stage.heard == ["applied 1, refused 0", "applied 1, refused 0"])
    }

    /// Behind a backlog a moment is nothing: it waits for its turn as a whole.
    @Test func aBacklogIsNotLookedAt() {
        let stage = Self.stage(second: Array(1...1_100))
        var isCached = false
        stage.after = { stage, line in
            if line.hasPrefix("read league") && line.hasSuffix(" 1") { isCached = stage.value("v1:league:2") != nil }
        }
        stage.play()
        #expect(stage.lines("ahead") == ["v1:league:1", "v1:league:2"])
        #expect(isCached)
        #expect(stage.checkpoint?.offset == 1_101)
        #expect(stage.checkpoint?.counts.total == 1_101)
    }

    /// A log without a bell, as a replay's, and retries, which have a time of their own: each record in its turn.
    @Test(arguments: [true, false]) func othersTakeNothingBeforeItsTurn(isRetryLane: Bool) {
        let stage = Self.stage()
        stage.hasBell = isRetryLane
        if isRetryLane { stage.settings.lanes = 0 }
        stage.play()
        #expect(
            stage.lines.map { $0.prefix { $0 != " " } } == [
                "ahead", "read", "ticket", "apply", "ahead", "read", "ticket", "apply",
            ])
        #expect(stage.checkpoint?.offset == 2)
        #expect(stage.checkpoint?.counts.total == 2)
    }

    /// Of an assignment that is over, or not here yet, nothing is touched.
    @Test func whatIsNobodysIsLeftAlone() {
        let stage = Self.stage()
        stage.receives?[1][0].assignment = RecordBatch.Assignment(slot: 7, epoch: 1)
        stage.play()
        #expect(stage.lines("ahead") == ["v1:league:1"])
        #expect(stage.value("v1:league:2") == "old")
        #expect(stage.checkpoint?.offset == 1)
    }

    /// Another event of the same batch comes in its turn: then what it names goes ahead as always.
    @Test func whatJoinsThemGoesAheadInItsTurn() {
        let stage = Self.stage(second: [1, 2])
        stage.settings.receiveRecords = 2
        stage.event("league", 3, version: 1)
        stage.commit([.parent(3)])
        stage.receives?.append([(record: 3, assignment: LaneStage.assignment)])
        stage.after = { stage, line in
            if line == "ahead v1:league:2" { stage.comesEarly = false }
        }
        stage.play()
        #expect(stage.lines("ahead") == ["v1:league:1", "v1:league:2", "v1:league:2 v1:league:3"])
        #expect(stage.checkpoint?.offset == 4)
    }
}
