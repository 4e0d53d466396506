import FreshetCore
import Testing

struct RemovalsTests {
    /// Matches as `change` says, their tables as `reach` does; the clubs with two keys each are only removed.
    private static func scene(
        _ change: Kind.Treatment = .refresh, reach: Kind.Treatment = .invalidate
    ) -> WalkScene {
        var scene = WalkScene.matches(
            ["match:1": ["table:1", "table:2"], "match:2": ["table:2", "table:3"]], change: change, reach: reach)
        scene.kind("club", keys: 2, change: .invalidate)
        scene.change("match:1")
        scene.change("club:1")
        scene.change("match:2")
        scene.close()
        return scene
    }

    private static func removed(
        _ scene: inout WalkScene, _ bounds: Emission.Bounds, onlyReached: Bool = false
    ) -> [[String]]? {
        let graph = scene.graph
        guard var removals = Removals(scene.plan, graph, bounds: bounds, onlyReached: onlyReached) else { return nil }
        var calls: [[String]] = []
        while let keys = removals.keys(&scene.plan, graph) { calls.append((0..<keys.count).map { keys.string($0) }) }
        return calls
    }

    @Test func fewStayWithTheScript() {
        var scene = Self.scene(.invalidate)
        #expect(Self.removed(&scene, .init(removalsFrom: 7)) == nil)
        #expect(scene.calls().joined().filter { $0.hasSuffix("✗") }.count == 7)
    }

    /// Neither what is reached nor what the graph wants gone with its cascade.
    @Test func onlyWhatChangedGoesAhead() {
        var scene = Self.scene(.invalidate)
        scene.graph.kinds[Int(scene.graph.kind(named: "club")!.value)].removesAhead = true
        func ahead(_ limit: Int) -> [String] {
            let keys = scene.plan.keysToRemoveAhead(scene.graph, limit: limit)
            return (0..<keys.count).map { keys.string($0) }
        }
        #expect(ahead(3) == ["v1:club:1", "v1:club-1:1"])
        #expect(ahead(2) == [])
        // They go with their cascades all the same.
        #expect(scene.calls().joined().filter { $0.hasPrefix("v1:club") } == ["v1:club:1✗", "v1:club-1:1✗"])
    }

    /// The reached ones first: a changed entity goes after what it reached.
    @Test func manyGoBesideIt() {
        var scene = Self.scene(.invalidate)
        #expect(
            Self.removed(&scene, .init(removalsFrom: 6)) == [
                [
                    "v1:table:1", "v1:table:2", "v1:table:3", "v1:match:1", "v1:club:1", "v1:club-1:1", "v1:match:2",
                ]
            ])
        #expect(scene.emit() == [])
    }

    /// The matches are written by the script: all that changed goes with them, and behind what they reached.
    @Test func whereAnythingIsWrittenTheChangedOnesStay() {
        var scene = Self.scene()
        #expect(Self.removed(&scene, .init(removalsFrom: 3)) == [["v1:table:1", "v1:table:2", "v1:table:3"]])
        #expect(scene.emit() == [["v1:match:1=m1", "v1:club:1✗", "v1:club-1:1✗", "v1:match:2=m2"]])
    }

    /// Six entities, of which three may go beside the script.
    @Test func onlyThoseThatMayGoAreCounted() {
        var scene = Self.scene()
        #expect(Self.removed(&scene, .init(removalsFrom: 4)) == nil)
    }

    /// The tables were written before, in a part of a cascade over its fan-out bound.
    @Test func whatIsWrittenAlreadyIsInNobodysWay() {
        var scene = Self.scene(.invalidate, reach: .refresh)
        #expect(Self.removed(&scene, .init(removalsFrom: 3)) == nil)
        #expect(scene.emit(onlyReached: true) == [["v1:table:1=t1", "v1:table:2=t2", "v1:table:3=t3"]])
        #expect(
            Self.removed(&scene, .init(removalsFrom: 3)) == [
                ["v1:match:1", "v1:club:1", "v1:club-1:1", "v1:match:2"]
            ])
    }

    /// Two keys, or 20 bytes: they have ten each, so the second one reaches that bound.
    @Test(arguments: [Emission.Bounds(removalsFrom: 1, removalsPerCall: 2), .init(bytesPerCall: 20, removalsFrom: 1)])
    func aCallIsBounded(bounds: Emission.Bounds) {
        var scene = Self.scene(.invalidate)
        #expect(
            Self.removed(&scene, bounds) == [
                ["v1:table:1", "v1:table:2"], ["v1:table:3", "v1:match:1"], ["v1:club:1", "v1:club-1:1"],
                ["v1:match:2"],
            ])
    }

    @Test func changedOnesWaitWhereOnlyTheReachedAreWanted() {
        var scene = Self.scene(.invalidate)
        #expect(
            Self.removed(&scene, .init(removalsFrom: 3), onlyReached: true) == [
                ["v1:table:1", "v1:table:2", "v1:table:3"]
            ])
        #expect(scene.emit() == [["v1:match:1✗", "v1:club:1✗", "v1:club-1:1✗", "v1:match:2✗"]])
    }
}
