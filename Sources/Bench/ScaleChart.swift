/// Small plots side by side: above the rate, below the memory, one column for each thing that was varied.
struct ScaleChart {
    private let view: ScaleView
    private static let columns = 3
    private static let cell = (width: 320.0, height: 300.0)
    private static let plot = (left: 58.0, width: 240.0, height: 92.0)
    private static let colours: [BenchCase.Mode: String] = [.invalidate: "#0f766e", .refresh: "#b45309"]

    init(_ view: ScaleView) { self.view = view }

    func render() -> String {
        let rows = (view.dimensions.count + Self.columns - 1) / Self.columns
        var drawing = SVGDrawing(
            width: Self.cell.width * Double(Self.columns), height: 50 + Self.cell.height * Double(rows),
            title: "How cost grows")
        drawing.text("How cost grows: thousand events a second (above) and MiB of a worker (below);", 20, 28)
        drawing.text("invalidate", 530, 28, colour: Self.colours[.invalidate] ?? "")
        drawing.text("refresh", 600, 28, colour: Self.colours[.refresh] ?? "")
        for (place, dimension) in view.dimensions.enumerated() {
            let x = Double(place % Self.columns) * Self.cell.width
            let y = 50 + Double(place / Self.columns) * Self.cell.height
            drawing.text(dimension.name, x + Self.plot.left, y + 16)
            draw(dimension.points, x + Self.plot.left, y + 28, &drawing) { $0.rate.median / 1000 }
            draw(dimension.points, x + Self.plot.left, y + 158, &drawing) { $0.memory.median }
        }
        return drawing.rendered
    }

    private func draw(
        _ points: [ScaleView.Point], _ x: Double, _ y: Double, _ drawing: inout SVGDrawing,
        _ value: (BenchReport.Entry) -> Double
    ) {
        let (width, height) = (Self.plot.width, Self.plot.height)
        let highest = Self.roundedUp(points.map { value($0.entry) }.filter(\.isFinite).max() ?? 1)
        let labels = points.reduce(into: [String]()) { if $0.last != $1.label { $0.append($1.label) } }
        for part in [0.0, 0.5, 1] {
            drawing.bar(x, y + height * (1 - part), width: width, height: 0.6, colour: "#cbd5e1")
            let digits = highest < 10 ? 1 : 0
            drawing.text(
                BenchReport.number(highest * part, digits), x - 6, y + height * (1 - part) + 4, anchor: "end",
                colour: "#64748b")
        }
        let places = labels.indices.map { x + width * (Double($0) + 0.5) / Double(max(1, labels.count)) }
        for (label, place) in zip(labels, places) {
            drawing.text(label, place, y + height + 16, anchor: "middle", colour: "#64748b")
        }
        for mode in BenchCase.Mode.allCases {
            let line: [(x: Double, y: Double)] = points.filter { $0.mode == mode }.compactMap { point in
                guard let place = labels.firstIndex(of: point.label), value(point.entry).isFinite else { return nil }
                return (places[place], y + height * (1 - value(point.entry) / highest))
            }
            drawing.line(line, colour: Self.colours[mode] ?? "#000000")
        }
    }

    /// The next of 1, 2, 3, 4, 5, 6, 8 and 10 times a power of ten.
    static func roundedUp(_ value: Double) -> Double {
        var unit = 1.0
        while unit * 10 < value { unit *= 10 }
        return [1.0, 2, 3, 4, 5, 6, 8, 10].first { $0 * unit >= value }.map { $0 * unit } ?? value
    }
}
