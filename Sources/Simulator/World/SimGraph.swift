import FreshetCore

/// The graph of the played application: league → matches, table; match → table.
enum SimGraph {
    /// PostgreSQL rejects every statement that is asked for this id.
    static let rejectedID: Int64 = 0
    static let match = KindIndex(0)
    static let league = KindIndex(1)
    static let table = KindIndex(2)

    enum StatementNumber {
        static let match = 0
        static let league = 1
        static let table = 2
        static let matchToTable = 3
        static let leagueToMatch = 4
        static let leagueToTable = 5
        static let everyMatchToTable = 6
    }

    enum EdgeNumber {
        static let matchToTable = 0
        static let matchNamesTable = 1
        static let leagueToMatch = 2
        static let leagueToTable = 3
    }

    /// Where the league's keys stand: the second graph spells them otherwise.
    static func leagueKey(_ generation: Int) -> String { generation == 0 ? "v1:league:" : "v1:club:" }

    /// The second graph (`generation` 1) has another SQL for tables and another template for leagues.
    static func make(_ plan: SchedulePlan, generation: Int) -> Graph {
        func kind(_ name: String, _ edges: [Int], reach: Kind.Treatment, version: Bool) -> Kind {
            let statement = ["match": 0, "league": 1, "table": 2][name] ?? 0
            var kind = Kind(
                name: name, id: [Kind.IDPart(name: "id", type: .bigint)],
                keys: [
                    KeyTemplate(
                        source: "\(name):{id}",
                        pieces: [
                            .literal(Array((name == "league" ? leagueKey(generation) : "v1:\(name):").utf8)), .part(0),
                        ],
                        statement: statement, timeToLive: 86_400_000, jitter: 50, maxValueSize: 1 << 20)
                ],
                onChange: plan.onlyRemoves ? .invalidate : .refresh, onReach: reach, hasVersion: version,
                gate: plan.hasGates && version ? Kind.Gate(deadline: Int64(plan.gateDeadline), interval: 20) : nil,
                secondSweep: nil,
                edges: edges,
                fingerprint: name == "match" ? name : "\(name) \(generation)")
            kind.removesAhead = plan.removesAhead && kind.onChange == .invalidate
            return kind
        }
        func edge(
            _ name: String, _ from: KindIndex, _ to: KindIndex, _ resolution: Edge.Resolution, remembers: Bool = false,
            pairs: Int? = nil
        ) -> Edge {
            Edge(
                name: name, from: from, to: to, resolution: resolution, stops: false, remembers: remembers,
                isProjected: false, pairs: pairs)
        }
        let id = Statement.Column(name: "id", type: .id(.bigint))
        let document = Statement.Column(name: "doc", type: .document)
        let version = Statement.Column(name: "version", type: .version)
        let pair = [Statement.Column(name: nil, type: .id(.bigint)), Statement.Column(name: nil, type: .id(.bigint))]
        func statement(_ name: String, _ columns: [Statement.Column]) -> Statement {
            Statement(name: name, sql: name, parameters: [.bigint], columns: columns)
        }
        return Graph(
            namespace: Graph.Namespace(), bounds: Graph.Bounds(depth: 4, fanOut: 6),
            kinds: [
                kind("match", [0, 1], reach: .invalidate, version: true),
                kind("league", [2, 3], reach: .invalidate, version: true),
                kind(
                    "table", [], reach: plan.refreshesTables && !plan.onlyRemoves ? .refresh : .invalidate,
                    version: false),
            ],
            edges: [
                edge(
                    "match → table", match, table, .sql(statement: StatementNumber.matchToTable),
                    remembers: !plan.forgets,
                    pairs: plan.streamsMemory && !plan.forgets ? StatementNumber.everyMatchToTable : nil),
                edge("match names table", match, table, .field(["parents"])),
                edge(
                    "league → match", league, match,
                    plan.sweepsMatches ? .all : .sql(statement: StatementNumber.leagueToMatch)),
                edge("league → table", league, table, .sql(statement: StatementNumber.leagueToTable)),
            ],
            topics: [
                Topic(
                    name: "changes", format: .json, events: plan.isCapture ? .capture : .afterCommit, unknown: .reject,
                    types: [:], kind: nil, fields: Topic.Fields(), maxRecordSize: 1 << 20)
            ],
            statements: [
                statement("match", [id, document, version]), statement("league", [id, document, version]),
                statement("table", [id, document]), statement("match to table", pair),
                statement("league to match", pair), statement("league to table", pair),
                Statement(name: "every match to table", sql: "", parameters: [], columns: pair),
            ])
    }
}
