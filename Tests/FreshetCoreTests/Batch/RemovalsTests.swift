import FreshetCore
import Testing

struct RemovalsTests {
    /// Matches are written, their tables and the clubs with two keys each only removed.
    private static func scene() -> WalkScene {
        var scene = WalkScene()
        scene.kind("match")
        scene.kind("table", reach: .invalidate)
        scene.kind("club", keys: 2, change: .invalidate)
        scene.edge("match", "table", ["match:1": ["table:1", "table:2"], "match:2": ["table:2", "table:3"]])
        for id in 1...2 { scene.document("match:\(id)", "m\(id)") }
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
        var scene = Self.scene()
        #expect(Self.removed(&scene, .init(removalsFrom: 5)) == nil)
        #expect(scene.calls().joined().filter { $0.hasSuffix("✗") }.count == 5)
    }

    @Test func manyGoBesideItAndOnlyWhatIsWrittenIsLeft() {
        var scene = Self.scene()
        #expect(
            Self.removed(&scene, .init(removalsFrom: 4)) == [
                ["v1:table:1", "v1:table:2", "v1:table:3", "v1:club:1", "v1:club-1:1"]
            ])
        #expect(scene.emit() == [["v1:match:1=m1", "v1:match:2=m2"]])
    }

    @Test func aCallIsBounded() {
        var scene = Self.scene()
        #expect(
            Self.removed(&scene, .init(removalsFrom: 1, removalsPerCall: 2)) == [
                ["v1:table:1", "v1:table:2"], ["v1:table:3", "v1:club:1", "v1:club-1:1"],
            ])
    }

    @Test func changedOnesWaitWhereOnlyTheReachedAreWanted() {
        var scene = Self.scene()
        #expect(
            Self.removed(&scene, .init(removalsFrom: 3), onlyReached: true) == [
                ["v1:table:1", "v1:table:2", "v1:table:3"]
            ])
        #expect(scene.emit() == [["v1:match:1=m1", "v1:club:1✗", "v1:club-1:1✗", "v1:match:2=m2"]])
    }
}
