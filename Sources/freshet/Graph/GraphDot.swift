import FreshetCore

/// `graph show --format dot`, for Graphviz.
struct GraphDot {
    let graph: Graph
    private var words: GraphWords { GraphWords(graph: graph) }

    init(_ graph: Graph) { self.graph = graph }

    func render() -> String {
        var lines = [
            "digraph freshet {", "  rankdir=LR;", "  node [shape=box, style=rounded, fontname=\"sans-serif\"];",
            "  edge [fontname=\"sans-serif\", fontsize=10];",
        ]
        for topic in graph.topics {
            lines.append("  \(quote("topic " + topic.name)) [label=\(quote(topic.name)), shape=cds, style=solid];")
        }
        for kind in graph.kinds {
            let label = ([kind.name] + kind.keys.map(words.key)).map(escape).joined(separator: "\\n")
            lines.append("  \(quote(kind.name)) [label=\"\(label)\"];")
        }
        for topic in graph.topics {
            for kind in words.kinds(topic) {
                lines.append("  \(quote("topic " + topic.name)) -> \(quote(graph[kind].name)) [color=gray];")
            }
        }
        for edge in graph.edges {
            let target = words.target(edge)
            if edge.to == nil { lines.append("  \(quote(target)) [shape=note, style=solid];") }
            let label = ([words.resolution(edge)] + words.marks(edge)).joined(separator: ", ")
            let style = edge.stops ? ", style=dashed, arrowhead=tee" : ""
            lines.append("  \(quote(graph[edge.from].name)) -> \(quote(target)) [label=\(quote(label))\(style)];")
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    private func quote(_ text: String) -> String { "\"\(escape(text))\"" }

    private func escape(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
