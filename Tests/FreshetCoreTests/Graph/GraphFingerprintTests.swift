import FreshetCore
import Testing

@Suite struct GraphFingerprintTests {
    /// team → page → stock, and player by itself.
    private static let graph: Graph = {
        var graph = SampleGraph.graph
        graph.statements = [
            Statement(name: "k", sql: "select 1", parameters: [.bigint], columns: []),
            Statement(name: "e", sql: "select 2", parameters: [.bigint], columns: []),
        ]
        graph.kinds[0].keys[0].statement = 0
        graph.edges = [
            Edge(
                name: "one", from: KindIndex(0), to: KindIndex(2), resolution: .sql(statement: 1), stops: false,
                remembers: false, isProjected: false),
            Edge(
                name: "two", from: KindIndex(2), to: KindIndex(3), resolution: .all, stops: false, remembers: false,
                isProjected: false),
        ]
        return graph
    }()

    private func fingerprints(_ graph: Graph) -> [String] {
        graph.kinds.indices.map { GraphFingerprint.of(KindIndex($0), in: graph) }
    }

    /// Kinds (by position) whose fingerprint a change moves.
    private func moved(by change: (inout Graph) -> Void) -> Set<Int> {
        var other = Self.graph
        change(&other)
        let (before, after) = (fingerprints(Self.graph), fingerprints(other))
        return Set(before.indices.filter { before[$0] != after[$0] })
    }

    /// Written down, so that a new version can't move every deployment's cache by accident.
    @Test func isTheSameForEver() {
        #expect(fingerprints(Self.graph)[0] == "16b972f0b0a02507")
    }

    @Test func movesWithTheKindsOwnDeclaration() {
        #expect(moved { $0.statements[0].sql = "select  1" } == [0])
        #expect(moved { $0.kinds[0].keys[0].timeToLive += 1 } == [0])
        #expect(moved { $0.kinds[0].keys[0].jitter += 1 } == [0])
        #expect(moved { $0.kinds[0].keys[0].maxValueSize += 1 } == [0])
        #expect(moved { $0.kinds[0].keys[0].source += "x" } == [0])
        #expect(moved { $0.kinds[1].onReach = .refresh } == [1])
        #expect(moved { $0.kinds[1].hasVersion = true } == [1])
        #expect(moved { $0.kinds[1].gate = .init(deadline: 1, interval: 1) } == [1])
        #expect(moved { $0.kinds[1].secondSweep = 1 } == [1])
        #expect(moved { $0.kinds[1].removesAhead = true } == [])
    }

    @Test func movesWithTheNamespace() {
        #expect(moved { $0.namespace.prefix = "v2" } == [0, 1, 2, 3, 4, 5])
    }

    @Test func movesWithEveryEdgeOnAWayToTheKind() {
        #expect(moved { $0.statements[1].sql = "select 3" } == [2, 3])
        #expect(moved { $0.edges[1].stops = true } == [3])
        #expect(moved { $0.edges[0].stops = true } == [2, 3])
        #expect(moved { $0.edges.removeLast() } == [3])
    }

    @Test func doesNotMoveWithOrderOrBounds() {
        #expect(moved { $0.edges.reverse() } == [])
        #expect(moved { $0.bounds.fanOut = 7 } == [])
    }
}
