import CommandKit
import FreshetConfig
import FreshetCore

/// `graph show --format table`
struct GraphTables {
    let graph: Graph
    private var words: GraphWords { GraphWords(graph: graph) }

    init(_ graph: Graph) { self.graph = graph }

    func render() -> String {
        [topics, kinds, edges].filter { !$0.rows.isEmpty }.map { $0.render() }.joined(separator: "\n\n")
    }

    private var topics: Table {
        var table = Table([.init("topic"), .init("format"), .init("events"), .init("unknown"), .init("kinds")])
        for topic in graph.topics {
            let kinds = words.kinds(topic).map { graph[$0].name }.joined(separator: ", ")
            table.add([topic.name, topic.format.rawValue, topic.events.rawValue, topic.unknown.rawValue, kinds])
        }
        return table
    }

    private var kinds: Table {
        var table = Table([
            .init("kind"), .init("id"), .init("key"), .init("ttl"), .init("max size", .right), .init("on change"),
            .init("on reach"), .init("fingerprint"),
        ])
        for kind in graph.kinds {
            for (index, key) in kind.keys.enumerated() {
                let isFirst = index == 0
                table.add([
                    isFirst ? kind.name : "", isFirst ? words.id(kind) : "", words.key(key), words.timeToLive(key),
                    words.size(key), treatment(kind.onChange, key), treatment(kind.onReach, key),
                    isFirst ? kind.fingerprint : "",
                ])
            }
        }
        return table
    }

    private func treatment(_ treatment: Kind.Treatment, _ key: KeyTemplate) -> String {
        (key.statement == nil ? .invalidate : treatment).rawValue
    }

    private var edges: Table {
        var table = Table([
            .init("when this changes"), .init("so does"), .init("found by"), .init("marks"), .init("name"),
        ])
        for edge in graph.edges {
            table.add([
                graph[edge.from].name, words.target(edge), words.resolution(edge),
                words.marks(edge).joined(separator: ", "), edge.name,
            ])
        }
        return table
    }
}
