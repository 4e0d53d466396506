import FreshetCore
import Testing

/// Documents that were read too early are forgotten, and asked for in the next step again.
struct CascadeWalkAgainTests {
    private static func league() -> WalkScene {
        var scene = WalkScene.league()
        scene.document("team:1", "t1")
        scene.document("team:2", "t2")
        scene.change("team:1")
        scene.change("team:2")
        return scene
    }

    @Test func theyAreAskedBesideTheNextLevel() {
        var scene = Self.league()
        scene.step()
        scene.walk.forgetDocuments(scene.plan)
        #expect(scene.walk.documents.isEmpty && scene.walk.results.isEmpty)
        #expect(scene.place("team:1") == nil)
        scene.close()
        #expect(
            scene.rounds == [
                ["team → match: 1 2", "team: 1 2"],
                ["match → table: 10 11", "match: 10 11", "team: 1 2"],
                ["table: 100"],
            ])
        #expect(scene.calls().joined().contains("v1:team:2=t2"))
    }

    @Test func theyAreAskedWhereNothingElseIs() {
        var scene = WalkScene()
        scene.kind("team", keys: 2)
        scene.kind("club", change: .invalidate)
        scene.document("team:1", "long", template: 0)
        scene.document("team:1", "short", template: 1)
        scene.change("team:1")
        scene.change("club:1")
        scene.close()
        scene.walk.forgetDocuments(scene.plan)
        scene.close()
        // Of what asked for none there is nothing to forget.
        #expect(scene.rounds == [["team: 1", "team-1: 1"], ["team: 1", "team-1: 1"]])
        #expect(scene.calls() == [["v1:team:1=long", "v1:team-1:1=short", "v1:club:1✗"]])
    }

    @Test func rejectedOnesAreNotAskedAgain() throws {
        var scene = Self.league()
        let queries = try scene.ask()
        #expect(scene.walk.reject([0], of: 1, &scene.plan, scene.graph) == [0])
        scene.walk.take(queries.map { [scene.answer($0)] }, &scene.plan, scene.graph)
        scene.walk.forgetDocuments(scene.plan)
        scene.close()
        #expect(scene.rounds == [["match → table: 10 11", "match: 10 11", "team: 2"], ["table: 100"]])
        #expect(scene.calls().joined().contains("v1:team:1✗"))
    }
}
