import Foundation
import FreshetCore

/// `graph show --format svg`: a drawing that needs nothing else to be seen.
struct GraphSVG {
    let layout: GraphLayout

    init(_ graph: Graph) { layout = GraphLayout(graph) }

    func render() -> String {
        // Room below for the legend.
        let height = layout.height + 30
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(number(layout.width)) \(number(height))\" "
                + "width=\"\(number(layout.width))\" height=\"\(number(height))\" font-family=\"ui-monospace, "
                + "monospace\" "
                + "font-size=\"12\">",
            "<title>Freshet's dependency graph</title>",
            "<defs>", marker("on", "<path d=\"M0 0 L10 5 L0 10 z\" fill=\"#334155\"/>"),
            marker("faint", "<path d=\"M0 0 L10 5 L0 10 z\" fill=\"#94a3b8\"/>"),
            marker(
                "stop",
                "<path d=\"M0 0 L8 5 L0 10 z\" fill=\"#b45309\"/><path d=\"M9 0 V10\" stroke=\"#b45309\" "
                    + "stroke-width=\"2\"/>"
            ),
            "</defs>", "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
        ]
        let ports = Ports(layout)
        for (index, arrow) in layout.arrows.enumerated() { lines.append(path(arrow, index, ports)) }
        for box in layout.boxes { lines += draw(box) }
        for (index, arrow) in layout.arrows.enumerated() { lines += label(arrow, index, ports) }
        lines.append(legend)
        lines.append("</svg>")
        return lines.joined(separator: "\n")
    }

    private func marker(_ name: String, _ shape: String) -> String {
        "<marker id=\"\(name)\" viewBox=\"0 0 10 10\" refX=\"9.5\" refY=\"5\" markerWidth=\"9\" markerHeight=\"9\" "
            + "orient=\"auto\">\(shape)</marker>"
    }

    /// Arrows leave and reach a box at heights of their own, so that they can be told apart.
    private struct Ports {
        var starts: [Double] = []
        var ends: [Double] = []

        init(_ layout: GraphLayout) {
            starts = Array(repeating: 0, count: layout.arrows.count)
            ends = starts
            for index in layout.boxes.indices {
                let box = layout.boxes[index]
                let leaving = layout.arrows.indices.filter { layout.arrows[$0].from == index }
                let arriving = layout.arrows.indices.filter { layout.arrows[$0].to == index }
                let byHeight = { (a: Int, b: Int) in
                    let (first, second) = (layout.arrows[a], layout.arrows[b])
                    return (first.bends.first?.y ?? layout.boxes[first.to].y)
                        < (second.bends.first?.y ?? layout.boxes[second.to].y)
                }
                let fromHeight = { (a: Int, b: Int) in
                    let (first, second) = (layout.arrows[a], layout.arrows[b])
                    return (first.bends.last?.y ?? layout.boxes[first.from].y)
                        < (second.bends.last?.y ?? layout.boxes[second.from].y)
                }
                for (position, arrow) in leaving.sorted(by: byHeight).enumerated() {
                    starts[arrow] = box.y + box.height * Double(position + 1) / Double(leaving.count + 1)
                }
                for (position, arrow) in arriving.sorted(by: fromHeight).enumerated() {
                    ends[arrow] = box.y + box.height * Double(position + 1) / Double(arriving.count + 1)
                }
            }
        }
    }

    private func points(_ arrow: GraphLayout.Arrow, _ index: Int, _ ports: Ports) -> [(x: Double, y: Double)] {
        let (from, to) = (layout.boxes[arrow.from], layout.boxes[arrow.to])
        let isBackward = from.column > to.column
        let start = (isBackward ? from.x : from.x + from.width, ports.starts[index])
        let end = (
            isBackward ? to.x + to.width : (from.column == to.column ? to.x + to.width : to.x), ports.ends[index]
        )
        return [start] + (isBackward ? arrow.bends.reversed() : arrow.bends) + [end]
    }

    private func path(_ arrow: GraphLayout.Arrow, _ index: Int, _ ports: Ports) -> String {
        let points = points(arrow, index, ports)
        var data = "M\(number(points[0].x)) \(number(points[0].y))"
        for (a, b) in zip(points, points.dropFirst()) {
            let isSameColumn = layout.boxes[arrow.from].column == layout.boxes[arrow.to].column
            let middle = isSameColumn ? max(a.x, b.x) + 60 : (a.x + b.x) / 2
            data += " C\(number(middle)) \(number(a.y)) \(number(middle)) \(number(b.y)) \(number(b.x)) \(number(b.y))"
        }
        let colour = arrow.isFaint ? "#cbd5e1" : arrow.stops ? "#b45309" : "#334155"
        let marker = arrow.isFaint ? "faint" : arrow.stops ? "stop" : "on"
        let dashes = arrow.stops ? " stroke-dasharray=\"6 4\"" : ""
        return "<path d=\"\(data)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.4\"\(dashes) "
            + "marker-end=\"url(#\(marker))\"/>"
    }

    private func label(_ arrow: GraphLayout.Arrow, _ index: Int, _ ports: Ports) -> [String] {
        guard !arrow.label.isEmpty else { return [] }
        let points = points(arrow, index, ports)
        // Near its end, where arrows to different boxes have parted.
        let (a, b) = (points[points.count - 2], points[points.count - 1])
        let isSameColumn = layout.boxes[arrow.from].column == layout.boxes[arrow.to].column
        let x = isSameColumn ? max(a.x, b.x) + 46 : a.x + (b.x - a.x) * 0.62
        let y = (isSameColumn ? (a.y + b.y) / 2 : a.y + (b.y - a.y) * 0.72) - 3
        let width = Double(arrow.label.count) * 6.1 + 6
        return [
            "<rect x=\"\(number(x - width / 2))\" y=\"\(number(y - 8))\" width=\"\(number(width))\" height=\"13\" "
                + "rx=\"3\" fill=\"#ffffff\" fill-opacity=\"0.85\"/>",
            "<text x=\"\(number(x))\" y=\"\(number(y + 2))\" font-size=\"10\" text-anchor=\"middle\" fill=\"#64748b\">"
                + "\(escape(arrow.label))</text>",
        ]
    }

    private func draw(_ box: GraphLayout.Box) -> [String] {
        let (fill, stroke) =
            switch box.role {
            case .topic: ("#f1f5f9", "#94a3b8")
            case .kind: ("#eff6ff", "#1d4ed8")
            case .pattern: ("#fff7ed", "#b45309")
            }
        var lines = [
            "<rect x=\"\(number(box.x))\" y=\"\(number(box.y))\" width=\"\(number(box.width))\" "
                + "height=\"\(number(box.height))\" rx=\"\(box.role == .topic ? 14 : 5)\" fill=\"\(fill)\" "
                + "stroke=\"\(stroke)\"/>"
        ]
        var y = box.y + 21
        lines.append(
            "<text x=\"\(number(box.x + 12))\" y=\"\(number(y))\" font-weight=\"bold\" fill=\"#0f172a\">"
                + "\(escape(box.title))</text>")
        for line in box.lines {
            y += GraphLayout.lineHeight
            lines.append(
                "<text x=\"\(number(box.x + 12))\" y=\"\(number(y))\" fill=\"#475569\">\(escape(line))</text>")
        }
        return lines
    }

    private var legend: String {
        "<text x=\"\(number(GraphLayout.margin))\" y=\"\(number(layout.height + 10))\" font-size=\"11\" "
            + "fill=\"#64748b\">"
            + "an arrow leads from what changes to what changes with it; dashed with a bar: the cascade stops "
            + "there</text>"
    }

    private func number(_ value: Double) -> String { String(format: "%.1f", value) }

    private func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
