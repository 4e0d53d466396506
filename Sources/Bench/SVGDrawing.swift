/// Lines of an SVG picture; text is escaped.
struct SVGDrawing {
    private var lines: [String] = []
    private let width: Double
    private let height: Double

    init(width: Double, height: Double, title: String) {
        (self.width, self.height) = (width, height)
        lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(width)) \(Int(height))\" "
                + "font-family=\"ui-sans-serif, sans-serif\" font-size=\"12\">",
            "<title>\(Self.escaped(title))</title>", "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
        ]
    }

    mutating func text(_ words: String, _ x: Double, _ y: Double, anchor: String = "start", colour: String = "#0f172a")
    {
        lines.append(
            "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor)\" fill=\"\(colour)\">"
                + "\(Self.escaped(words))</text>")
    }

    mutating func bar(_ x: Double, _ y: Double, width: Double, height: Double, colour: String) {
        lines.append(
            "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(width))\" "
                + "height=\"\(Self.number(height))\" fill=\"\(colour)\"/>")
    }

    /// Through points, with a dot at each.
    mutating func line(_ points: [(x: Double, y: Double)], colour: String) {
        let path = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
        lines.append("<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"/>")
        for point in points {
            lines.append(
                "<circle cx=\"\(Self.number(point.x))\" cy=\"\(Self.number(point.y))\" r=\"3\" fill=\"\(colour)\"/>")
        }
    }

    var rendered: String { (lines + ["</svg>"]).joined(separator: "\n") + "\n" }

    private static func number(_ value: Double) -> String { BenchReport.number(value, 1) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
