import FreshetCore
import Testing

/// A large plan is emitted slice by slice.
struct EmissionSliceTests {
    /// Clubs are only removed; matches are written, and their tables as `reach` says.
    private static func scene(_ rows: [String: [String]], reach: Kind.Treatment = .refresh) -> WalkScene {
        var scene = WalkScene.matches(rows, reach: reach)
        scene.kind("club", change: .invalidate)
        scene.walk.documentsAtOnce = 0
        return scene
    }

    @Test func dependantsComeBeforeTheChange() {
        var scene = Self.scene(["match:1": ["table:1", "table:2"], "match:2": ["table:3"]])
        scene.change("match:1")
        scene.change("match:2")
        scene.close()
        #expect(
            scene.slices(2) == [
                .init(read: ["table:1", "table:2"], calls: [["v1:table:1=t1", "v1:table:2=t2"]]),
                .init(read: ["match:1", "table:3"], calls: [["v1:match:1=m1", "v1:table:3=t3"]]),
                .init(read: ["match:2"], calls: [["v1:match:2=m2"]]),
            ])
    }

    /// What is removed needs no document; behind the last that does it goes along.
    @Test func whatIsOnlyRemovedDoesNotCount() {
        var scene = Self.scene(["match:1": ["table:1", "table:2"]], reach: .invalidate)
        for name in ["club:1", "match:1", "club:2", "match:2", "club:3"] { scene.change(name) }
        scene.change("match:3", .delete)
        scene.close()
        #expect(
            scene.slices(1) == [
                .init(
                    read: ["match:1"],
                    calls: [["v1:club:1✗", "v1:table:1✗", "v1:table:2✗", "v1:match:1=m1", "v1:club:2✗"]]),
                .init(read: ["match:2"], calls: [["v1:match:2=m2", "v1:club:3✗", "v1:match:3✗"]]),
            ])
    }

    @Test func whereNothingIsWrittenThereIsOneSlice() {
        var scene = Self.scene([:])
        for id in 1...5 { scene.change("club:\(id)") }
        scene.close()
        #expect(
            scene.slices(1) == [
                .init(read: [], calls: [["v1:club:1✗", "v1:club:2✗", "v1:club:3✗", "v1:club:4✗", "v1:club:5✗"]])
            ])
    }

    @Test func whatIsGatedIsNotReadNorItsCascade() {
        var scene = Self.scene(["match:1": ["table:1"], "match:2": ["table:2"]])
        scene.change("match:1")
        scene.change("match:2")
        scene.close()
        scene.plan.update(0) { $0.isGated = true }
        #expect(
            scene.slices(2) == [
                .init(
                    read: ["table:2", "match:2"],
                    calls: [["v1:table:1✗", "v1:match:1✗", "v1:table:2=t2", "v1:match:2=m2"]])
            ])
    }

    /// The cascade would fit into one call; the slice ends within it.
    @Test func aSliceCutsACascade() {
        var scene = Self.scene(["match:1": ["table:1", "table:2", "table:3", "table:4"]])
        scene.change("match:1")
        scene.close()
        #expect(
            scene.slices(3, .init(keysPerCall: 2)) == [
                .init(
                    read: ["table:1", "table:2", "table:3"],
                    calls: [["v1:table:1=t1", "v1:table:2=t2"], ["v1:table:3=t3"]]),
                .init(read: ["table:4", "match:1"], calls: [["v1:table:4=t4", "v1:match:1=m1"]]),
            ])
    }

    /// A cascade over its fan-out bound: the changes and their documents come later.
    @Test func whatWasReachedGoesInSlicesToo() {
        var scene = Self.scene(["match:1": ["table:1", "table:2"], "match:2": ["table:3"]])
        scene.change("match:1")
        scene.change("match:2")
        scene.close()
        #expect(
            scene.slices(2, onlyReached: true) == [
                .init(read: ["table:1", "table:2"], calls: [["v1:table:1=t1", "v1:table:2=t2"]]),
                .init(read: ["table:3"], calls: [["v1:table:3=t3"]]),
            ])
        #expect(
            scene.slices(2) == [
                .init(read: ["match:1", "match:2"], calls: [["v1:match:1=m1", "v1:match:2=m2"]])
            ])
    }

    @Test func chunksEndWithTheirSlice() {
        var scene = Self.scene(["match:1": ["table:1", "table:2", "table:3", "table:4"]])
        scene.change("match:1")
        scene.close()
        var emission = Emission(scene.plan, bounds: .init(keysPerCall: 1), seed: 1, onlyReached: false)
        #expect(emission.slice(3, scene.plan, scene.graph).count == 3)
        scene.read([1, 2, 3])
        #expect(emission.chunks(2, &scene.plan, scene.walk, scene.graph).count == 2)
        #expect(!emission.isSliceFinished && !emission.isFinished)
        #expect(emission.chunks(2, &scene.plan, scene.walk, scene.graph).count == 1)
        #expect(emission.isSliceFinished && !emission.isFinished)
        #expect(emission.chunks(2, &scene.plan, scene.walk, scene.graph).isEmpty)
        #expect(emission.slice(3, scene.plan, scene.graph) == [4, 0])
        #expect(!emission.isSliceFinished)
        scene.read([4, 0])
        #expect(emission.chunks(9, &scene.plan, scene.walk, scene.graph).count == 2)
        #expect(emission.isSliceFinished && emission.isFinished)
        #expect(emission.slice(3, scene.plan, scene.graph).isEmpty)
    }

    /// Where all was read at once there is one slice, and nobody asks for it.
    @Test func withoutSlicesThePlanIsOne() {
        var scene = Self.scene(["match:1": ["table:1"]])
        scene.walk.documentsAtOnce = .max
        scene.change("match:1")
        scene.close()
        var emission = Emission(scene.plan, bounds: .init(), seed: 1, onlyReached: false)
        #expect(!emission.isSliceFinished)
        let chunks = emission.chunks(9, &scene.plan, scene.walk, scene.graph)
        #expect(chunks.map { WalkScene.lines($0.operations) } == [["v1:table:1=t1", "v1:match:1=m1"]])
        #expect(emission.isSliceFinished && emission.isFinished)
    }
}
