import FreshetConfig
import FreshetCore
import Testing

@Suite struct GraphCompilerTests {
    @Test func theSoundGraphIsSound() throws {
        let graph = try GraphText.compile(GraphText.sound).graph
        #expect(graph.kinds.map(\.name) == ["a", "b"])
        #expect(graph.namespace == Graph.Namespace(prefix: "v1", separator: ":", maxKeyLength: 250))
        #expect(graph.bounds == Graph.Bounds(depth: 8, fanOut: 10_000))

        let a = graph.kinds[0]
        #expect(a.id == [Kind.IDPart(name: "id", type: .bigint)])
        #expect(a.onChange == .refresh)
        #expect(a.onReach == .invalidate)
        #expect(a.hasVersion)
        #expect(a.edges == [0])
        let key = a.keys[0]
        #expect(key.source == "a:{id}")
        #expect(key.pieces == [.literal(Array("v1:a:".utf8)), .part(0)])
        #expect(key.timeToLive == 2_592_000_000)
        #expect(key.jitter == 50)
        #expect(key.maxValueSize == 1 << 20)
        let statement = try #require(key.statement.map { graph.statements[$0] })
        #expect(statement.name == "kind a, key a:{id}")
        #expect(statement.parameters == [.bigint])
        #expect(
            statement.columns == [
                .init(name: "id", type: .id(.bigint)), .init(name: "doc", type: .document),
                .init(name: "version", type: .version),
            ])

        let b = graph.kinds[1]
        #expect(b.id.map(\.name) == ["product_id", "name"])
        #expect(b.keys[0].pieces == [.literal(Array("v1:b:".utf8)), .part(0), .literal([0x3A]), .part(1)])
        #expect(graph.statements[1].parameters == [.bigint, .text])

        let edge = graph.edges[0]
        #expect(edge.name == "a->b")
        #expect(edge.from == KindIndex(0))
        #expect(edge.to == KindIndex(1))
        #expect(!edge.stops && !edge.remembers && !edge.isProjected)
        guard case .sql(let index) = edge.resolution else {
            Issue.record("no SQL")
            return
        }
        #expect(graph.statements[index].name == "edge a → b")
        #expect(graph.statements[index].columns.map(\.type) == [.id(.bigint), .id(.bigint), .id(.text)])
        #expect(graph.statements[index].columns.allSatisfy { $0.name == nil })
    }

    @Test func bothDirectionsSayTheSame() throws {
        let reverse = GraphText.sound.replacingOccurrences(
            of: "  - from: a\n    to: b", with: "  - kind: b\n    depends-on: a")
        #expect(reverse != GraphText.sound)
        let edge = try GraphText.compile(reverse).graph.edges[0]
        #expect(edge.from == KindIndex(0))
        #expect(edge.to == KindIndex(1))
    }

    @Test func everySettingOfAnEdge() throws {
        let graph = try GraphText.compile(
            """
            freshet: 1
            topics:
              t: {format: cloudevents, events: after-commit, types: auto}
            kinds:
              a: {id: bigint, keys: [{template: "a:{id}"}]}
              b: {id: bigint, keys: [{template: "b:{id}"}]}
            edges:
              - {from: a, to: b, sql: "select $1, ';--' ; -- 2;"}
              - {name: by-field, from: b, to: a, field: data.a.id, stops: true, read-model: projected}
              - {from: a, pattern: "stats:{id}:*"}
              - {name: everything, from: a, to: b, all: true}
              - {name: kept, from: a, to: b, sql: "select 1, $1", remembers: true}

            """
        ).graph
        #expect(graph.edges.map(\.name) == ["a->b", "by-field", "a->pattern", "everything", "kept"])
        guard case .field(let path) = graph.edges[1].resolution, case .pattern(let pieces) = graph.edges[2].resolution,
            case .all = graph.edges[3].resolution
        else {
            Issue.record("other resolutions")
            return
        }
        #expect(path == ["data", "a", "id"])
        #expect(graph.edges[1].stops && graph.edges[1].isProjected)
        #expect(pieces == [.literal(Array("v1:stats:".utf8)), .part(0), .literal(Array(":*".utf8))])
        #expect(graph.edges[2].to == nil)
        #expect(graph.edges[4].remembers)
        // It stands in other statements: without its semicolon and what is behind it.
        #expect(graph.statements.map(\.sql).contains("select $1, ';--' "))
    }

    @Test func everySettingOfAKind() throws {
        let text = GraphText.sound.replacingOccurrences(
            of: "    version: true\n    keys:\n",
            with: """
                    version: true
                    on-change: invalidate
                    remove-ahead: true
                    on-reach: refresh
                    gate: {deadline: 30s, interval: 500ms}
                    second-sweep: 5s
                    warm-sql: select id from a
                    upkeep: {at-start: check, sample: 50, refresh-every: 6h, jitter: 5%}
                    keys:
                      - template: "a:full:{id}"
                        sql-file: full.sql
                        ttl: 1h
                        jitter: 3m
                        max-size: 64KiB
                      - template: "a:list:{id}"

                """
        ).replacingOccurrences(of: "      - template: \"a:{id}\"", with: "      - template: \"a:short:{id}\"")
        let loaded = try GraphText.compile(text, sqlFiles: ["full.sql": "select id, doc, version from f($1)"])
        let kind = loaded.graph.kinds[0]
        #expect(kind.onChange == .invalidate)
        #expect(kind.removesAhead)
        #expect(kind.onReach == .refresh)
        #expect(kind.gate == Kind.Gate(deadline: 30_000, interval: 500))
        #expect(kind.secondSweep == 5_000)
        #expect(kind.upkeep == KindUpkeep(atStart: .check, sample: 50, refreshEvery: 21_600_000, jitter: 50))
        #expect(kind.keys.map(\.source) == ["a:full:{id}", "a:list:{id}", "a:short:{id}"])
        #expect(kind.keys[0].timeToLive == 3_600_000)
        #expect(kind.keys[0].jitter == 50)
        #expect(kind.keys[0].maxValueSize == 65_536)
        #expect(kind.keys[0].statement.map { loaded.graph.statements[$0].sql } == "select id, doc, version from f($1)")
        #expect(kind.keys[1].statement == nil)
        // An edge to or from a kind behind a gate asks when its read model is written.
        #expect(
            loaded.questions.map(\.description) == [
                "g.yaml:36: edges[0].read-model: is the read model of b written in the transaction that changes a "
                    + "(view, "
                    + "join, table), or projected by itself?; write `read-model: same-transaction` or `read-model: "
                    + "projected`"
            ])
    }

    @Test func aKeyWithoutSQLIsOnlyInvalidated() throws {
        let text = GraphText.sound.replacingOccurrences(of: "    version: true\n", with: "")
            .replacingOccurrences(
                of:
                    "        sql: select id, doc, version from rm_a where id = any($1)\n        ttl: 30d\n        "
                    + "jitter: 5%\n",
                with: "")
        let kind = try GraphText.compile(text).graph.kinds[0]
        #expect(kind.keys[0].statement == nil)
        #expect(kind.onChange == .invalidate)
    }
}
