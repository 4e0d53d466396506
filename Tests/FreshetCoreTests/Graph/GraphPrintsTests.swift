import FreshetCore
import Testing

@Suite struct GraphPrintsTests {
    private func graph(_ fingerprint: String, prefix: String = "v1:team:", pattern: String? = nil) -> Graph {
        let key = KeyTemplate(
            source: "team:{id}", pieces: [.literal(Array(prefix.utf8)), .part(0)], statement: nil, timeToLive: 0,
            jitter: 0, maxValueSize: 1)
        let kind = Kind(
            name: "team", id: [.init(name: "id", type: .bigint)], keys: [key], onChange: .invalidate,
            onReach: .invalidate, hasVersion: false, gate: nil, secondSweep: nil, edges: pattern == nil ? [] : [0],
            fingerprint: fingerprint)
        let edge = pattern.map {
            Edge(
                name: "stats", from: KindIndex(0), to: nil, resolution: .pattern([.literal(Array($0.utf8)), .part(0)]),
                stops: false, remembers: false, isProjected: false)
        }
        return Graph(
            namespace: .init(), bounds: .init(), kinds: [kind], edges: edge.map { [$0] } ?? [], topics: [],
            statements: [])
    }

    @Test func equalGraphsHaveOneName() {
        #expect(GraphPrints(graph("a")).name == GraphPrints(graph("a")).name)
        #expect(GraphPrints(graph("a")).name != GraphPrints(graph("b")).name)
        #expect(GraphPrints(graph("a")).name != GraphPrints(graph("a", prefix: "v2:team:")).name)
        #expect(GraphPrints(graph("a", pattern: "x:")).name != GraphPrints(graph("a", pattern: "y:")).name)
        #expect(GraphPrints(graph("a")).name.count == 16)
    }

    @Test func whatChangedIsKnownWithThePatternsOfBoth() {
        let (old, new) = (GraphPrints(graph("a")), GraphPrints(graph("a", prefix: "v1:club:", pattern: "stats:")))
        #expect(new.changes(from: new.texts).isEmpty)
        let changes = new.changes(from: old.texts)
        #expect(changes == ["team": "?\nv1:club:*\nv1:team:*", "edge stats": "?\nstats:*"])
        #expect(GraphPrints.patterns(changes["team"]) == [Array("v1:club:*".utf8), Array("v1:team:*".utf8)])
        // Whoever comes next, with whichever graph, removes these, too.
        #expect(old.changes(from: changes) == changes)
        // What is the graph's no more.
        #expect(old.changes(from: new.texts)["edge stats"] == "?\nstats:*")
    }
}
