import FreshetCore
import Testing

@testable import FreshetWorker

@Suite struct LaneRereadTests {
    private static let graph = Graph(
        namespace: .init(), bounds: .init(), kinds: [kind("team", .bigint), kind("page", .text)], edges: [], topics: [],
        statements: [])

    private static func kind(_ name: String, _ type: IDType) -> Kind {
        Kind(
            name: name, id: [Kind.IDPart(name: "id", type: type)], keys: [], onChange: .refresh, onReach: .refresh,
            hasVersion: false, gate: nil, secondSweep: nil, edges: [], fingerprint: "")
    }

    private func page(_ id: String, in plan: inout Plan) -> EntityRef {
        EntityRef(kind: KindIndex(1), high: 0, low: plan.buffer.pool.intern(Array(id.utf8)))
    }

    /// A text id means something in its own batch's pool only.
    @Test func textsGoFromPoolToPool() {
        var first = Plan()
        for id in ["a", "b"] { first.add(Change(entity: page(id, in: &first), operation: .upsert)) }
        var reread = LaneReread()
        reread.take([1], of: first, Self.graph)
        first.removeAll()
        var next = Plan()
        next.add(Change(entity: page("c", in: &next), operation: .upsert))
        reread.board(&next, Self.graph)
        #expect(reread.isEmpty)
        #expect(next.changedCount == 2)
        #expect(next.nodes.map { String(decoding: next.buffer.pool[$0.ref.low], as: UTF8.self) } == ["c", "b"])
        #expect(next.nodes.map(\.isReread) == [false, true])
        #expect(next.nodes.map(\.stops) == [false, true])
    }

    @Test func whatIsInTheBatchAlreadyIsAsItWas() {
        var plan = Plan()
        let team = EntityRef(kind: KindIndex(0), int: 5)
        plan.add(Change(entity: team, operation: .delete))
        var reread = LaneReread()
        reread.take([0], of: plan, Self.graph)
        reread.board(&plan, Self.graph)
        #expect(plan.changedCount == 1)
        #expect(plan.nodes[0].isDeleted && !plan.nodes[0].isReread)
    }

    @Test func thereIsAnEndToIt() {
        var plan = Plan()
        for id in 0..<Int64(LaneReread.most + 10) {
            plan.add(Change(entity: EntityRef(kind: KindIndex(0), int: id), operation: .upsert))
        }
        var reread = LaneReread()
        reread.take(0..<plan.nodes.count, of: plan, Self.graph)
        var next = Plan()
        reread.board(&next, Self.graph)
        #expect(next.changedCount == LaneReread.most)
    }
}
