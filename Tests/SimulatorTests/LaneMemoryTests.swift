import FreshetCore
import Testing

@testable import Simulator

/// Where a child goes is remembered before anything is read or touched for its new parent: a batch that moves it on
/// meanwhile must learn of that parent.
struct LaneMemoryTests {
    private static let memory = "v1:freshet:memory:match → table:1"

    /// `isWhole`: the memory is; a child without an entry had no parents.
    private static func play(
        slice: Int, isWhole: Bool = true, known: String? = nil,
        after: @escaping (LaneStage, String) -> Void = { _, _ in }
    ) -> LaneStage {
        let stage = LaneStage(slice: slice)
        if isWhole { stage.world.redis.model.memories[stage.memoryMark] = Array("i1/1/".utf8) }
        if let known { stage.world.redis.model.memories[stage.memoryKey(1)] = Array(known.utf8) }
        stage.after = after
        stage.commit([.child(1, parent: 2)])
        stage.event("match", 1, version: 1)
        stage.play()
        return stage
    }

    @Test func aNewParentIsRememberedBeforeItsDocumentIsRead() {
        let stage = Self.play(slice: 100)
        // What came along with the edges is read again: it may be older than the other batch's look.
        #expect(
            stage.lines == [
                "ticket 1", "read match to table 1, match 1", "apply 1 as 1.0: \(Self.memory)",
                "read table 2, match 1", "apply 1 as 1.1 last: v1:table:2 v1:match:1 \(Self.memory) to 1",
            ])
        #expect(stage.memory(1) == "i1/1/2")
        #expect(stage.value("v1:match:1") != nil)
    }

    @Test func soItIsBeforeTheFirstSlice() {
        let stage = Self.play(slice: 1)
        #expect(
            stage.lines == [
                "ticket 1", "read match to table 1, match 1", "apply 1 as 1.0: \(Self.memory)",
                "ticket 2", "read table 2", "apply 2 as 1.1: v1:table:2", "ticket 3", "read match 1",
                "apply 3 as 1.2: v1:match:1", "apply 1 as 1.3 last: \(Self.memory) to 1",
            ])
    }

    /// An entry that counts would say that there is nothing to sweep, and the batch may die before it has swept.
    @Test(arguments: [1, 100])
    func ofWhatIsUnknownOnlyTheParentIsNamedBefore(slice: Int) {
        var first: String?
        let stage = Self.play(slice: slice, isWhole: false) { stage, line in
            if line.hasPrefix("apply") && first == nil { first = stage.memory(1) }
        }
        #expect(first == "i1/0/2")
        let calls = stage.lines("apply").filter { $0.contains(Self.memory) }
        #expect(calls.count == 2 && calls[1].hasSuffix(" to 1"))
        #expect(stage.memory(1) == "i1/1/2")
    }

    /// Whoever has a newer ticket may have seen that parent in the entry, and count on it.
    @Test func anOldParentStaysAsLongAsANewerTicketIsOut() {
        let stage = Self.play(slice: 100, known: "i1/1/3") { stage, line in
            if line.hasPrefix("read table") { _ = stage.world.redis.model.ticket() }
        }
        #expect(stage.memory(1) == "i1/1/2,3")
        #expect(Self.play(slice: 100, known: "i1/1/3").memory(1) == "i1/1/2")
    }

    /// Otherwise an entry would only grow where some ticket is always out. Whoever looks at a crowd says so in it, also
    /// where nothing is new.
    @Test func aCrowdIsTakenOutAllTheSame() {
        var said: String?
        let stage = Self.play(slice: 100, known: "i1/1/2,3,4,5 i1/1/6,7,8,9") { stage, line in
            if line.hasPrefix("apply") && said == nil { said = stage.memory(1) }
            if line.hasPrefix("read") { _ = stage.world.redis.model.ticket() }
        }
        #expect(said == "i1/1/2,3,4,5,6,7,8,9")
        #expect(stage.memory(1) == "i1/1/2")
    }

    @Test func aCrowdStaysWhereANewerTicketWasOutWhenItWasSeen() {
        let stage = Self.play(slice: 100, known: "i1/1/3,4,5,6,7,8,9,10") { stage, line in
            if line.hasPrefix("ticket") { _ = stage.world.redis.model.ticket() }
        }
        #expect(stage.memory(1) == "i1/1/10,2,3,4,5,6,7,8,9")
    }

    /// A child behind the first step of the walk has no parents yet: that isn't what is to be named.
    @Test(arguments: [nil, "i1/1/3,4,5,6,7,8,9,10"])
    func aChildOfALaterStepIsNamedWithItsParent(known: String?) {
        let stage = LaneStage(slice: 1)
        stage.world.redis.model.memories[stage.memoryKey(2)] = known.map { Array($0.utf8) }
        stage.commit([.child(1, parent: 1), .child(2, parent: 2)])
        for id in 1...2 { stage.event("match", Int64(id), version: 1) }
        var before: String?
        stage.after = { stage, line in
            if line.hasPrefix("read table") && before == nil { before = stage.memory(2) }
        }
        stage.play()
        #expect(before == (known == nil ? "i1/0/2" : "i1/1/10,2,3,4,5,6,7,8,9"))
    }

    @Test func whatAnotherBatchWroteSinceStays() {
        let stage = Self.play(slice: 100, known: "i1/1/3") { stage, line in
            if line.hasPrefix("read table") {
                stage.world.redis.model.memories[stage.memoryKey(1)]? += Array(" i1/1/7".utf8)
            }
        }
        #expect(stage.memory(1) == "i1/1/2,3 i1/1/7 i1/1/2")
    }
}
