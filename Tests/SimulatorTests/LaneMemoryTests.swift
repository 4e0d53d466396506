import FreshetCore
import Testing

@testable import Simulator

/// Where a child goes is remembered before anything is read or touched for its new parent: a batch that moves it on
/// meanwhile must learn of that parent.
struct LaneMemoryTests {
    private static let memory = "v1:freshet:memory:match → table:1"

    /// `isWhole`: the memory is; a child without an entry had no parents.
    private static func play(slice: Int, isWhole: Bool = true) -> LaneStage {
        let stage = LaneStage(slice: slice)
        if isWhole { stage.world.redis.model.memories[stage.memoryMark] = Array("i1/1/".utf8) }
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

    /// Its entry would say that there is nothing to sweep, and the batch may die before it has swept.
    @Test(arguments: [1, 100])
    func whatIsUnknownIsRememberedByTheLastCallOnly(slice: Int) {
        let stage = Self.play(slice: slice, isWhole: false)
        let calls = stage.lines("apply").filter { $0.contains(Self.memory) }
        #expect(calls.count == 1 && calls.allSatisfy { $0.hasSuffix(" to 1") })
        #expect(stage.memory(1) == "i1/1/2")
    }
}
