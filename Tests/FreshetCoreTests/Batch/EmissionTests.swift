import FreshetCore
import Testing

struct EmissionTests {
    @Test func dependantsComeBeforeTheNewValue() {
        var scene = WalkScene.matches(["match:1": ["table:1", "table:2"]])
        scene.change("match:1")
        scene.close()
        #expect(scene.calls() == [["v1:table:1=t1", "v1:table:2=t2", "v1:match:1=m1"]])
    }

    @Test func aCascadeThatFitsIsNotSplit() {
        var scene = WalkScene.matches(["match:1": ["table:1", "table:2"], "match:2": ["table:3", "table:4"]])
        scene.change("match:1")
        scene.change("match:2")
        scene.close()
        #expect(
            scene.calls(.init(keysPerCall: 5)) == [
                ["v1:table:1=t1", "v1:table:2=t2", "v1:match:1=m1"],
                ["v1:table:3=t3", "v1:table:4=t4", "v1:match:2=m2"],
            ])
        scene.plan.forgetCascades()
        scene.walk.removeAll()
        scene.close()
        #expect(scene.calls(.init(keysPerCall: 6)).map(\.count) == [6])
    }

    @Test func aCascadeThatDoesNotFitEndsWithTheNewValue() {
        var scene = WalkScene.matches(["match:1": ["table:1", "table:2", "table:3", "table:4"]])
        scene.change("match:2")
        scene.change("match:1")
        scene.close()
        #expect(
            scene.calls(.init(keysPerCall: 2)) == [
                ["v1:match:2=m2", "v1:table:1=t1"], ["v1:table:2=t2", "v1:table:3=t3"],
                ["v1:table:4=t4", "v1:match:1=m1"],
            ])
    }

    /// match:3 has nothing to do with the others and stays whole.
    @Test func whatMeetingCascadesReachGoesWithTheFirst() {
        var scene = WalkScene.matches([
            "match:1": ["table:1"], "match:2": ["table:1", "table:2"], "match:3": ["table:3"],
        ])
        scene.change("match:1")
        scene.change("match:3")
        scene.change("match:2")
        scene.close()
        #expect(
            scene.calls(.init(keysPerCall: 3)) == [
                ["v1:table:1=t1", "v1:table:2=t2", "v1:match:1=m1"],
                ["v1:table:3=t3", "v1:match:3=m3", "v1:match:2=m2"],
            ])
    }

    @Test func bytesAreBoundedToo() {
        var scene = WalkScene.matches(["match:1": ["table:1", "table:2"]])
        scene.change("match:1")
        scene.close()
        // `v1:table:1` and `t1` are twelve bytes.
        let calls = scene.calls(.init(keysPerCall: 100, bytesPerCall: 20))
        #expect(calls == [["v1:table:1=t1", "v1:table:2=t2"], ["v1:match:1=m1"]])
    }

    @Test func onlySoManyCallsAtATime() {
        var scene = WalkScene.matches(["match:1": ["table:1", "table:2", "table:3", "table:4"]])
        scene.change("match:1")
        scene.close()
        var emission = Emission(scene.plan, bounds: .init(keysPerCall: 1), seed: 1, onlyReached: false)
        var sizes: [Int] = []
        while !emission.isFinished {
            sizes.append(emission.chunks(2, &scene.plan, scene.walk, scene.graph).count)
        }
        #expect(sizes == [2, 2, 1])
    }

    @Test func whatIsNotRefreshedIsInvalidated() {
        var scene = WalkScene.matches(["match:1": ["table:1"]], reach: .invalidate)
        scene.change("match:1")
        scene.change("match:7777")
        scene.close()
        #expect(scene.calls() == [["v1:table:1✗", "v1:match:1=m1", "v1:match:7777✗"]])
    }

    @Test func aDeleteNeverWritesItsOwnKey() {
        var scene = WalkScene.matches(["match:1": ["table:1"]])
        scene.change("match:1", .delete)
        scene.close()
        #expect(scene.calls() == [["v1:table:1=t1", "v1:match:1✗"]])
    }

    @Test func aNullDocumentIsNoDocument() {
        var scene = WalkScene.matches([:])
        scene.document("match:1", nil)
        scene.change("match:1")
        scene.close()
        #expect(scene.calls() == [["v1:match:1✗"]])
    }

    @Test func rejectedIsInvalidatedAndGatedWithItsWholeCascade() {
        var scene = WalkScene.matches(["match:1": ["table:1"], "match:2": ["table:2"]])
        scene.change("match:1")
        scene.change("match:2")
        scene.close()
        scene.plan.update(0) { $0.isRejected = true }
        scene.plan.update(1) { $0.isGated = true }
        #expect(scene.calls() == [["v1:table:1=t1", "v1:match:1✗", "v1:table:2✗", "v1:match:2✗"]])
    }

    @Test func whatIsReadAgainIsWrittenWhateverItsTreatment() {
        var scene = WalkScene.matches([:], reach: .invalidate)
        scene.change("table:1", .delete)
        scene.plan.update(0) {
            $0.isReread = true
            $0.stops = true
        }
        scene.close()
        #expect(scene.calls() == [["v1:table:1=t1"]])
    }

    @Test func tooLargeAValueIsInvalidated() {
        var scene = WalkScene()
        scene.kind("page", maxValueSize: 4)
        scene.document("page:1", "four")
        scene.document("page:2", "fives")
        scene.change("page:1")
        scene.change("page:2")
        scene.close()
        #expect(scene.calls() == [["v1:page:1=four", "v1:page:2✗"]])
    }

    @Test func onlyReachedLeavesTheChangesForLater() {
        var scene = WalkScene.matches(["match:1": ["table:1"], "match:2": ["table:2"]])
        scene.change("match:1")
        scene.change("match:2")
        scene.close()
        let first = scene.emit(onlyReached: true)
        let second = scene.emit()
        #expect(first == [["v1:table:1=t1", "v1:table:2=t2"]])
        #expect(second == [["v1:match:1=m1", "v1:match:2=m2"]])
        #expect(scene.calls() == [])
    }

    /// A cascade over its fan-out bound goes out before its newest nodes were asked about.
    @Test func whatWasNotReadIsInvalidated() {
        var scene = WalkScene.matches(["match:1": ["table:1"]])
        scene.change("match:1")
        scene.step()
        #expect(scene.emit(onlyReached: true) == [["v1:table:1✗"]])
        scene.close()
        #expect(scene.emit() == [["v1:match:1=m1"]])
    }

    @Test func jitterShortensWithinItsBound() {
        var scene = WalkScene()
        scene.kind("page", timeToLive: 10_000, jitter: 100)
        for id in 1...500 {
            scene.document("page:\(id)", "p")
            scene.change("page:\(id)")
        }
        scene.close()
        var emission = Emission(scene.plan, bounds: .init(), seed: 3, onlyReached: false)
        let times = emission.chunks(1, &scene.plan, scene.walk, scene.graph)[0].operations.timesToLive
        // A tenth of ten seconds at most.
        #expect(times.count == 500 && times.allSatisfy { (9_001...10_000).contains($0) })
        #expect(Set(times).count > 300)
    }

    /// A dependant that a later change reaches first, and an earlier one by a longer way, must not come after the
    /// value of the earlier one.
    @Test func aDependantNeverComesAfterTheValueOfAnyOfItsChanges() {
        var scene = WalkScene()
        for name in ["a", "y", "x"] { scene.kind(name) }
        scene.edge("a", "x", ["a:2": ["x:1"]])
        scene.edge("a", "y", ["a:1": ["y:1"]])
        scene.edge("y", "x", ["y:1": ["x:1"]])
        scene.change("a:1")
        scene.change("a:2")
        scene.close()
        let keys = scene.calls(.init(keysPerCall: 2)).joined().map { String($0) }
        #expect(keys.firstIndex(of: "v1:x:1✗")! < keys.firstIndex(of: "v1:a:1✗")!)
    }
}
