import FreshetCore
import Testing

/// A walk that leaves the documents for later: it resolves the whole batch, and slices read what they write.
struct CascadeWalkLaterTests {
    /// Both teams change; `nodes` at most have their documents read at once.
    private static func league(atOnce nodes: Int) -> WalkScene {
        var scene = WalkScene.league()
        scene.document("team:1", "t1")
        scene.document("team:2", "t2")
        scene.document("match:10", "m10")
        scene.document("match:11", "m11")
        scene.document("table:100", "table")
        scene.walk.documentsAtOnce = nodes
        scene.change("team:1")
        scene.change("team:2")
        return scene
    }

    /// Three teams, resolved; none of their documents was read.
    private static func teams(keys: Int = 1) -> WalkScene {
        var scene = WalkScene()
        scene.kind("team", keys: keys)
        for id in 1...3 {
            for template in 0..<keys { scene.document("team:\(id)", "t\(id).\(template)", template: template) }
            scene.change("team:\(id)")
        }
        scene.walk.documentsAtOnce = 0
        scene.close()
        return scene
    }

    @Test func onlyEdgesAreAsked() {
        var scene = Self.league(atOnce: 1)
        scene.close()
        #expect(scene.names == ["team:1", "team:2", "match:10", "match:11", "table:100"])
        #expect(scene.rounds == [["team → match: 1 2"], ["match → table: 10 11"]])
        #expect(scene.walk.readsLater)
    }

    @Test func asManyAsAllowedAreReadAtOnce() {
        var scene = Self.league(atOnce: 5)
        scene.close()
        #expect(scene.rounds.joined().contains("table: 100"))
        #expect(!scene.walk.readsLater)
    }

    /// The team's document was read before its matches made the batch a large one.
    @Test func whatWasReadBeforeIsDropped() {
        var scene = Self.league(atOnce: 2)
        scene.close()
        #expect(scene.rounds == [["team → match: 1 2", "team: 1 2"], ["match → table: 10 11"]])
        #expect(scene.walk.readsLater)
        #expect(scene.walk.documents.isEmpty && scene.walk.results.isEmpty)
        #expect(scene.place("team:1") == nil)
        // And read again, with the slice that it belongs to.
        #expect(
            scene.slices(3) == [
                .init(
                    read: ["match:10", "match:11", "table:100"],
                    calls: [["v1:match:10=m10", "v1:match:11=m11", "v1:table:100=table"]]),
                .init(read: ["team:1", "team:2"], calls: [["v1:team:1=t1", "v1:team:2=t2"]]),
            ])
    }

    @Test func theNextBatchIsReadAtOnceAgain() {
        var scene = Self.league(atOnce: 1)
        scene.close()
        scene.plan.forgetCascades()
        scene.walk.removeAll()
        #expect(scene.walk.documentsAtOnce == .max && !scene.walk.readsLater)
        scene.close()
        #expect(scene.calls().joined().contains("v1:table:100=table"))
    }

    // MARK: Versions

    /// Written ones tell theirs with their document; of what is only removed nothing else would.
    @Test func versionsOfWhatIsOnlyRemovedAreAskedAlong() {
        var scene = WalkScene()
        scene.kind("match", version: true)
        scene.kind("club", keys: 2, change: .invalidate, version: true)
        scene.kind("note", change: .invalidate)
        scene.document("match:2", "m2", version: 9)
        scene.document("club:1", "c1", version: 18)
        scene.walk.documentsAtOnce = 3
        scene.change("match:1", version: 1)
        scene.change("match:2", version: 8, .delete)
        scene.change("club:1", version: 17)
        scene.change("note:1", version: 1)
        scene.close()
        #expect(scene.rounds == [["match: 2", "club: 1"]])
        #expect(scene.rowVersion("match:2") == 9)
        #expect(scene.rowVersion("club:1") == 18)
        #expect(scene.rowVersion("match:1") == Node.noVersion)
        // Their documents are not kept.
        #expect(scene.walk.documents.isEmpty && scene.walk.results.isEmpty)
    }

    @Test func versionsAreAskedAFewAtATime() {
        var scene = WalkScene()
        scene.kind("club", change: .invalidate, version: true)
        scene.walk.documentsAtOnce = 2
        for id in 1...5 { scene.change("club:\(id)", version: 1) }
        scene.close()
        #expect(scene.rounds == [["club: 1 2"], ["club: 3 4"], ["club: 5"]])
    }

    /// Whether its parents are those that the event tells of must be known before anything is written.
    @Test func versionsOfRememberedChildrenAreAskedAlong() {
        var scene = WalkScene()
        scene.kind("match", version: true)
        scene.kind("table")
        scene.edge("match", "table", ["match:1": ["table:7"]], remembers: true)
        scene.document("match:1", "m1", version: 4)
        scene.document("table:7", "t7")
        scene.walk.documentsAtOnce = 0
        scene.change("match:1", version: 3)
        scene.close()
        #expect(scene.rounds == [["match → table: 1", "match: 1"]])
        #expect(scene.rowVersion("match:1") == 4)
        #expect(scene.walk.parents(of: 0, edge: 0) == [EntityRef(kind: KindIndex(1), int: 7)])
        #expect(
            scene.slices(9) == [
                .init(read: ["table:7", "match:1"], calls: [["v1:table:7=t7", "v1:match:1=m1"]])
            ])
    }

    @Test func versionsOfASliceAreKept() {
        var scene = WalkScene()
        scene.kind("match", version: true)
        scene.document("match:1", "m1", version: 5)
        scene.walk.documentsAtOnce = 0
        scene.change("match:1", version: 3)
        scene.close()
        #expect(scene.rowVersion("match:1") == Node.noVersion)
        scene.read([0])
        #expect(scene.rowVersion("match:1") == 5)
    }

    // MARK: Slices

    @Test func aSliceForgetsTheOneBeforeIt() {
        var scene = Self.teams(keys: 2)
        let first = scene.read([0, 1])
        #expect(first == ["team: 1 2", "team-1: 1 2"])
        #expect(scene.walk.documents.count == 4 && scene.walk.results.count == 2)
        #expect(scene.place("team:2") == 2)
        let second = scene.read([2])
        #expect(second == ["team: 3", "team-1: 3"])
        #expect(scene.walk.documents.count == 2 && scene.walk.results.count == 2)
        #expect(scene.place("team:3") == 0)
        #expect(scene.place("team:2") == nil)
        #expect(scene.walk.documentsTaken == 2 && scene.walk.bytesTaken == "t3.0t3.1".utf8.count)
    }

    /// A statement may answer with more than it was asked for.
    @Test func aRowOfAnotherSliceFindsNoPlace() throws {
        var scene = Self.teams()
        scene.read([0, 1])
        var queries = scene.walk.documentQueries([2], scene.plan, scene.graph)
        queries[0].parts = [.bigint([3, 1, 2])]
        scene.walk.take([[scene.answer(queries[0])]], &scene.plan, scene.graph)
        let document = scene.walk.document(0, column: 1).map { String(decoding: $0, as: UTF8.self) }
        #expect(document == "t3.0")
    }

    @Test func aLargeSliceIsAskedInSeveralQueries() {
        var scene = WalkScene()
        scene.kind("match")
        let count = CascadeWalk.idsPerQuery * 2 + 1
        for id in 1...count {
            scene.plan.add(Change(entity: EntityRef(kind: KindIndex(0), int: Int64(id)), operation: .upsert))
        }
        let queries = scene.walk.documentQueries(Array(0..<count), scene.plan, scene.graph)
        #expect(queries.map { $0.parts[0].count } == [10_000, 10_000, 1])
    }

    /// Positions are those of the slice's query, not of the walk's last one.
    @Test func rejectedIdsOfASliceAreRemoved() {
        var scene = Self.teams()
        var emission = Emission(scene.plan, bounds: .init(), seed: 1, onlyReached: false)
        #expect(emission.slice(1, scene.plan, scene.graph) == [0])
        scene.read([0])
        _ = emission.chunks(9, &scene.plan, scene.walk, scene.graph)
        #expect(emission.slice(2, scene.plan, scene.graph) == [1, 2])
        let queries = scene.walk.documentQueries([1, 2], scene.plan, scene.graph)
        var good = queries[0]
        good.parts = [.bigint([2])]
        scene.walk.take([[scene.answer(good)]], &scene.plan, scene.graph)
        let rejected = scene.walk.reject([1], of: 0, &scene.plan, scene.graph)
        #expect(rejected == [2])
        #expect(scene.node("team:3")?.isRejected == true)
        let chunks = emission.chunks(9, &scene.plan, scene.walk, scene.graph)
        #expect(chunks.map { WalkScene.lines($0.operations) } == [["v1:team:2=t2.0", "v1:team:3✗"]])
        #expect(emission.isFinished)
    }
}
