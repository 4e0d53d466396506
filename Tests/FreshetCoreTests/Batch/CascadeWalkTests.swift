import FreshetCore
import Testing

struct CascadeWalkTests {
    @Test func levelsAreClosedOneByOne() {
        var scene = WalkScene.league()
        scene.change("team:1")
        scene.close()
        #expect(scene.names == ["team:1", "match:10", "match:11", "table:100"])
        #expect(
            scene.rounds == [
                ["team → match: 1", "team: 1"],
                ["match → table: 10 11", "match: 10 11"],
                ["table: 100"],
            ])
        let more = scene.walk.nextQueries(&scene.plan, scene.graph)
        #expect(more.map(\.count) == nil)
    }

    /// 32,768 rows of a step are 1,928 teams with their documents, as long as nothing is known of their edge.
    @Test func changesAreAskedAboutFirst() {
        var scene = WalkScene()
        scene.kind("team")
        scene.kind("match", reach: .invalidate)
        scene.edge("team", "match", ["team:1": ["match:1"]])
        for id in 1...3_800 { scene.change("team:\(id)") }
        var asked: [Bool] = [scene.walk.hasAskedChanges(scene.plan)]
        while scene.step() { asked.append(scene.walk.hasAskedChanges(scene.plan)) }
        #expect(asked == [false, false, true])
    }

    @Test func nothingToAskIsOneStep() {
        var scene = WalkScene()
        scene.kind("note", change: .invalidate)
        scene.change("note:1")
        scene.close()
        #expect(scene.rounds.isEmpty)
    }

    @Test func aDiamondIsReachedOnce() {
        var scene = WalkScene.league()
        scene.change("team:1")
        scene.change("team:2")
        scene.close()
        #expect(scene.names == ["team:1", "team:2", "match:10", "match:11", "table:100"])
        #expect(scene.node("match:11")?.root == 0)
        #expect(scene.plan.origin(of: 4)?.parent == 2 && scene.plan.origin(of: 1) == nil)
        #expect(scene.rounds[2] == ["table: 100"])
    }

    @Test func cyclesEnd() {
        var scene = WalkScene()
        scene.kind("a")
        scene.kind("b")
        scene.edge("a", "b", ["a:1": ["b:1"], "a:2": ["b:2"]])
        scene.edge("b", "a", ["b:1": ["a:2"], "b:2": ["a:1"]])
        scene.change("a:1")
        scene.close()
        #expect(scene.names == ["a:1", "b:1", "a:2", "b:2"])
    }

    @Test func anEdgeThatStopsIsNotFollowedFurther() {
        var scene = WalkScene()
        for name in ["a", "b", "c"] { scene.kind(name) }
        scene.edge("a", "b", stops: true, ["a:1": ["b:1"]])
        scene.edge("b", "c", ["b:1": ["c:1"]])
        scene.change("a:1")
        scene.close()
        #expect(scene.names == ["a:1", "b:1"])
        #expect(scene.node("b:1")?.stops == true)
    }

    /// b:1 is asked about as a dead end first; then an edge that doesn't stop reaches it all the same.
    @Test func reachedAgainWithoutStoppingAfterItWasPassed() {
        var scene = WalkScene()
        for name in ["a", "b", "c", "d"] { scene.kind(name) }
        scene.edge("a", "b", stops: true, ["a:1": ["b:1"]])
        scene.edge("b", "c", ["b:1": ["c:1"]])
        scene.edge("a", "d", ["a:1": ["d:1"]])
        scene.edge("d", "b", ["d:1": ["b:1"]])
        scene.change("a:1")
        scene.close()
        #expect(scene.names.sorted() == ["a:1", "b:1", "c:1", "d:1"])
        // Its document is not read a second time.
        #expect(scene.rounds.joined().filter { $0 == "b: 1" }.count == 1)
    }

    @Test func reachedAgainWithoutStoppingInTheSameLevel() {
        var scene = WalkScene()
        for name in ["a", "b", "c"] { scene.kind(name) }
        scene.edge("a", "b", stops: true, ["a:1": ["b:1"]])
        scene.edge("a", "b", ["a:1": ["b:1"]])
        scene.edge("b", "c", ["b:1": ["c:1"]])
        scene.change("a:1")
        scene.close()
        #expect(scene.names == ["a:1", "b:1", "c:1"])
    }

    @Test func fieldTargetsAreReachedFromTheEventItself() {
        var scene = WalkScene()
        scene.kind("match")
        scene.kind("table")
        scene.edge("match", "table", resolution: .field(["league"]))
        let match = scene.entity("match:1")
        let table = scene.entity("table:9")
        scene.plan.buffer.targets.append(ChangeBuffer.Target(edge: 0, entity: table))
        scene.plan.add(Change(entity: match, operation: .delete, targets: 0..<1))
        scene.close()
        #expect(scene.names == ["match:1", "table:9"])
        #expect(scene.rounds == [["table: 9"]])
    }

    @Test func wholeKindsAndPatternsBecomeSweeps() {
        var scene = WalkScene()
        scene.kind("config")
        scene.kind("page")
        scene.edge("config", "page", resolution: .all)
        scene.edge(
            "config", nil, resolution: .pattern([.literal(Array("v1:part:".utf8)), .part(0), .literal([0x3A, 0x2A])]))
        scene.change("config:7")
        scene.close()
        #expect(scene.plan.sweeps == [.kind(KindIndex(1)), .pattern(Array("v1:part:7:*".utf8))])
        let patterns = scene.graph.patterns(of: scene.plan.sweeps).map { String(decoding: $0, as: UTF8.self) }
        #expect(patterns == ["v1:page:*", "v1:part:7:*"])
    }

    @Test func versionsOfRowsAreKept() {
        var scene = WalkScene()
        scene.kind("match", version: true)
        scene.document("match:1", "one", version: 18)
        scene.document("match:2", "two", version: nil)
        scene.change("match:1", version: 17)
        scene.change("match:2", version: 3)
        scene.change("match:3", version: 4)
        scene.close()
        #expect(scene.rowVersion("match:1") == 18)
        #expect(scene.rowVersion("match:2") == Node.noVersion)
        #expect(scene.rowVersion("match:3") == Node.noVersion)
    }

    @Test func everyKeyTemplateHasADocumentOfItsOwn() {
        var scene = WalkScene()
        scene.kind("team", keys: 2)
        scene.document("team:1", "long", template: 0)
        scene.document("team:1", "short", template: 1)
        scene.document("team:2", "only long", template: 0)
        scene.change("team:1")
        scene.change("team:2")
        scene.close()
        #expect(scene.rounds == [["team: 1 2", "team-1: 1 2"]])
        #expect(
            scene.calls() == [["v1:team:1=long", "v1:team-1:1=short", "v1:team:2=only long", "v1:team-1:2✗"]])
    }

    @Test func idsOfEveryTypeAreFollowed() {
        let uuid = "00112233-4455-6677-8899-aabbccddeeff"
        var scene = WalkScene()
        scene.kind("stock", [.bigint, .text])
        scene.kind("player", [.uuid])
        scene.kind("page", [.text])
        scene.kind("label", [.text, .uuid, .bigint])
        scene.edge("stock", "player", ["stock:5:north": ["player:\(uuid)"]])
        scene.edge("player", "page", ["player:\(uuid)": ["page:about"]])
        scene.edge("page", "label", ["page:about": ["label:de:\(uuid):-4"]])
        scene.document("label:de:\(uuid):-4", "seen")
        scene.change("stock:5:north")
        scene.close()
        #expect(scene.names == ["stock:5:north", "player:\(uuid)", "page:about", "label:de:\(uuid):-4"])
        #expect(scene.calls().joined().contains("v1:label:de:\(uuid):-4=seen"))
    }

    @Test func manyIdsAreAskedInSeveralSteps() {
        var scene = WalkScene()
        scene.kind("match")
        for id in 1...10_000 {
            scene.plan.add(Change(entity: EntityRef(kind: KindIndex(0), int: Int64(id)), operation: .upsert))
        }
        var asked: [[Int]] = []
        while let queries = scene.walk.nextQueries(&scene.plan, scene.graph) {
            asked.append(queries.map { $0.parts[0].count })
            scene.walk.take(queries.map { _ in [] }, &scene.plan, scene.graph)
        }
        // 32,768 rows in a step, of which each takes one for itself and 8 for its document.
        #expect(asked == [[3_641], [3_641], [2_718]])
    }

    /// How many entities a step asks about follows from how many rows their edge has answered with.
    @Test func anEdgeThatLeadsToManyIsAskedInSmallSteps() {
        var scene = WalkScene()
        scene.kind("team", change: .invalidate)
        scene.kind("match", reach: .invalidate)
        let statement = scene.edge("team", "match")
        let count: Int64 = 22_000
        for id in 1...count {
            scene.plan.add(Change(entity: EntityRef(kind: KindIndex(0), int: id), operation: .upsert))
        }
        var asked: [Int] = []
        while let queries = scene.walk.nextQueries(&scene.plan, scene.graph) {
            let answers = queries.filter { $0.statement == statement }.map { query -> [Rows] in
                guard case .bigint(let ids) = query.parts[0] else { return [] }
                asked.append(ids.count)
                let pairs = ids.flatMap { id in (0..<15).map { (id, id * 100 + $0) } }
                let none = [Bool](repeating: false, count: pairs.count)
                return [
                    Rows(
                        count: pairs.count,
                        columns: [
                            .bigint(pairs.map(\.0), nulls: none), .bigint(pairs.map(\.1), nulls: none),
                        ])
                ]
            }
            scene.walk.take(answers, &scene.plan, scene.graph)
        }
        // Nine rows each as long as nothing is known of the edge, then one and fifteen.
        #expect(asked == [3_641] + Array(repeating: 2_048, count: 8) + [1_975])
        #expect(scene.plan.nodes.count == 22_000 * 16)
    }

    /// The ids that PostgreSQL rejects are invalidated; what their edge may lead to is swept.
    @Test func rejectedIdsLeadToASweep() throws {
        var scene = WalkScene.league()
        scene.change("team:1")
        scene.change("team:2")
        let queries = try scene.ask()
        scene.walk.take([[], [scene.answer(queries[1])]], &scene.plan, scene.graph)
        let rejected = scene.walk.reject([1], of: 0, &scene.plan, scene.graph)
        #expect(rejected == [1])
        #expect(scene.node("team:2")?.isRejected == true)
        #expect(scene.node("team:1")?.isRejected == false)
        #expect(scene.plan.sweeps == [.kind(KindIndex(1))])
    }

    @Test func anAnswerOfSeveralPartsCountsAsOne() throws {
        var scene = WalkScene.league()
        scene.change("team:1")
        scene.change("team:2")
        var queries = try scene.ask()
        let halves = [Int64(1), 2].map { id -> Rows in
            queries[0].parts = [.bigint([id])]
            return scene.answer(queries[0])
        }
        scene.walk.take([halves, []], &scene.plan, scene.graph)
        scene.close()
        #expect(scene.names == ["team:1", "team:2", "match:10", "match:11", "table:100"])
    }
}
