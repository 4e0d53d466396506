import CommandKit
import FreshetCore

/// `graph show --format json`
struct GraphJSON {
    let graph: Graph
    private var words: GraphWords { GraphWords(graph: graph) }

    init(_ graph: Graph) { self.graph = graph }

    var json: JSON {
        [
            "namespace": [
                "prefix": .string(graph.namespace.prefix), "separator": .string(graph.namespace.separator),
                "maxKeyLength": .int(graph.namespace.maxKeyLength),
            ],
            "bounds": ["depth": .int(graph.bounds.depth), "fanOut": .int(graph.bounds.fanOut)],
            "topics": .array(graph.topics.map(topic)),
            "kinds": .array(graph.kinds.map(kind)),
            "edges": .array(graph.edges.map(edge)),
        ]
    }

    private func topic(_ topic: Topic) -> JSON {
        [
            "name": .string(topic.name), "format": .string(topic.format.rawValue),
            "events": .string(topic.events.rawValue), "unknown": .string(topic.unknown.rawValue),
            "kinds": .array(words.kinds(topic).map { .string(graph[$0].name) }),
            "types": .object(
                topic.types.sorted { $0.key < $1.key }.map { type, meaning in
                    let operation = "\(meaning.operation)"
                    return (type, ["kind": .string(graph[meaning.kind].name), "operation": .string(operation)])
                }),
            "maxRecordSizeBytes": .int(topic.maxRecordSize),
        ]
    }

    private func kind(_ kind: Kind) -> JSON {
        [
            "name": .string(kind.name),
            "id": .array(kind.id.map { ["name": .string($0.name), "type": .string($0.type.rawValue)] }),
            "keys": .array(kind.keys.map(key)),
            "onChange": .string(kind.onChange.rawValue), "onReach": .string(kind.onReach.rawValue),
            "removeAhead": .bool(kind.removesAhead), "version": .bool(kind.hasVersion),
            "gate": kind.gate.map { ["deadlineMs": .int($0.deadline), "intervalMs": .int($0.interval)] } ?? .null,
            "secondSweepMs": .int(kind.secondSweep),
            "warmSql": .string(kind.warm.map { graph.statements[$0].sql }),
            "upkeep": [
                "atStart": .string(kind.upkeep.atStart.rawValue), "sample": .int(kind.upkeep.sample),
                "refreshEveryMs": .int(kind.upkeep.refreshEvery), "jitter": .double(Double(kind.upkeep.jitter) / 1000),
            ],
            "fingerprint": .string(kind.fingerprint),
        ]
    }

    private func key(_ key: KeyTemplate) -> JSON {
        [
            "template": .string(words.key(key)),
            "sql": .string(key.statement.map { graph.statements[$0].sql }),
            "ttlMs": key.statement == nil ? .null : .int(key.timeToLive),
            "jitter": key.statement == nil ? .null : .double(Double(key.jitter) / 1000),
            "maxSizeBytes": key.statement == nil ? .null : .int(key.maxValueSize),
        ]
    }

    private func edge(_ edge: Edge) -> JSON {
        var members: [(String, JSON)] = [
            ("name", .string(edge.name)), ("from", .string(graph[edge.from].name)),
            ("to", .string(edge.to.map { graph[$0].name })),
        ]
        switch edge.resolution {
        case .sql(let statement): members.append(("sql", .string(graph.statements[statement].sql)))
        case .field(let path): members.append(("field", .array(path.map { .string($0) })))
        case .all: members.append(("all", true))
        case .pattern: members.append(("pattern", .string(words.target(edge))))
        }
        members.append(("stops", .bool(edge.stops)))
        members.append(("remembers", .bool(edge.remembers)))
        members.append(("readModel", .string(edge.isProjected ? "projected" : "same-transaction")))
        return .object(members)
    }
}
