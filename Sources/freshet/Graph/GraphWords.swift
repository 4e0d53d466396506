import FreshetConfig
import FreshetCore

/// The graph's parts in the words of the graph file.
struct GraphWords {
    let graph: Graph

    func id(_ kind: Kind) -> String {
        kind.id.count == 1 && kind.id[0].name == "id"
            ? kind.id[0].type.rawValue : kind.id.map { "\($0.name): \($0.type.rawValue)" }.joined(separator: ", ")
    }

    func key(_ key: KeyTemplate) -> String { graph.namespace.prefix + graph.namespace.separator + key.source }

    /// `30d ±5%` has two sides; ours only shortens.
    func timeToLive(_ key: KeyTemplate) -> String {
        guard key.statement != nil else { return "" }
        let jitter = key.jitter == 0 ? "" : " -\(Units.write(percent: key.jitter))"
        return Units.write(duration: key.timeToLive) + jitter
    }

    func size(_ key: KeyTemplate) -> String { key.statement == nil ? "" : Units.write(size: key.maxValueSize) }

    func target(_ edge: Edge) -> String {
        if let to = edge.to { return graph[to].name }
        guard case .pattern(let pieces) = edge.resolution else { return "" }
        return pattern(pieces, graph[edge.from])
    }

    func pattern(_ pieces: [KeyTemplate.Piece], _ kind: Kind) -> String {
        pieces.map { piece in
            switch piece {
            case .literal(let bytes): String(decoding: bytes, as: UTF8.self)
            case .part(let part): "{\(kind.id[part].name)}"
            }
        }.joined()
    }

    func resolution(_ edge: Edge) -> String {
        switch edge.resolution {
        case .sql: "sql"
        case .field(let path): "field \(path.joined(separator: "."))"
        case .all: "all"
        case .pattern: "pattern"
        }
    }

    func marks(_ edge: Edge) -> [String] {
        var marks: [String] = []
        if edge.stops { marks.append("stops") }
        if edge.remembers { marks.append("remembers") }
        if edge.isProjected { marks.append("projected") }
        return marks
    }

    /// The kinds that events of a topic name, in the graph's order.
    func kinds(_ topic: Topic) -> [KindIndex] { graph.kinds(namedBy: topic).sorted() }
}
