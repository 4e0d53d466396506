import FreshetCore

/// A small graph with every id type, made by hand.
enum SampleGraph {
    static func kind(_ name: String, _ id: [(String, IDType)], _ template: [KeyTemplate.Piece]) -> Kind {
        let key = KeyTemplate(
            source: name, pieces: template, statement: nil, timeToLive: 1000, jitter: 0, maxValueSize: 1000)
        return Kind(
            name: name, id: id.map { Kind.IDPart(name: $0.0, type: $0.1) }, keys: [key], onChange: .invalidate,
            onReach: .invalidate, hasVersion: false, gate: nil, secondSweep: nil, edges: [], fingerprint: "")
    }

    static let graph = Graph(
        namespace: .init(), bounds: .init(),
        kinds: [
            kind("team", [("id", .bigint)], [.literal(Array("v1:team:".utf8)), .part(0)]),
            kind("player", [("id", .uuid)], [.literal(Array("v1:player:".utf8)), .part(0)]),
            kind("page", [("slug", .text)], [.literal(Array("v1:page:".utf8)), .part(0)]),
            kind(
                "stock", [("product_id", .bigint), ("warehouse_id", .bigint)],
                [.literal(Array("v1:stock:".utf8)), .part(0), .literal([0x3A]), .part(1)]),
            kind(
                "label", [("lang", .text), ("owner", .uuid), ("word", .text)],
                [
                    .literal(Array("v1:label:".utf8)), .part(0), .literal([0x3A]), .part(1), .literal([0x3A]), .part(2),
                ]),
            kind(
                "pair", [("a", .text), ("b", .text)],
                [.literal(Array("v1:pair:".utf8)), .part(0), .literal([0x3A]), .part(1)]),
        ],
        edges: [], topics: [], statements: [])

    static func key(_ entity: EntityRef, pool: TextPool) -> String? {
        var bytes: [UInt8] = []
        guard graph.writeKey(graph[entity.kind].keys[0], entity, pool: pool, into: &bytes) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
