import FreshetCore

/// Where the boxes and arrows of a layered drawing stand: topics, kinds and key patterns in columns from left to
/// right, each to the right of what leads to it.
struct GraphLayout {
    struct Box {
        enum Role { case topic, kind, pattern }

        var role: Role
        var title: String
        var lines: [String]
        var column = 0
        var x = 0.0
        var y = 0.0
        var width = 0.0
        var height = 0.0
    }

    struct Arrow {
        var from: Int
        var to: Int
        var label: String
        var stops: Bool
        /// From a topic: drawn lighter, without a label.
        var isFaint: Bool
        /// Points between the boxes that it passes, one per column in between, from left to right.
        var bends: [(x: Double, y: Double)] = []
    }

    static let characterWidth = 7.3
    static let lineHeight = 18.0
    static let columnGap = 130.0
    static let rowGap = 26.0
    static let margin = 24.0

    private(set) var boxes: [Box] = []
    private(set) var arrows: [Arrow] = []
    private(set) var width = 0.0
    private(set) var height = 0.0

    init(_ graph: Graph) {
        addBoxes(graph)
        assignColumns()
        place()
    }

    private mutating func addBoxes(_ graph: Graph) {
        let words = GraphWords(graph: graph)
        for kind in graph.kinds {
            let title = "\(kind.name) (\(words.id(kind)))"
            boxes.append(Box(role: .kind, title: title, lines: kind.keys.map(words.key)))
        }
        for edge in graph.edges {
            let label = ([words.resolution(edge)] + words.marks(edge).filter { $0 != "stops" }).joined(separator: ", ")
            var to = edge.to.map { Int($0.value) }
            if to == nil {
                boxes.append(Box(role: .pattern, title: words.target(edge), lines: []))
                to = boxes.count - 1
            }
            arrows.append(
                Arrow(
                    from: Int(edge.from.value), to: to ?? 0, label: label, stops: edge.stops, isFaint: false))
        }
        for topic in graph.topics {
            boxes.append(
                Box(role: .topic, title: topic.name, lines: ["\(topic.format.rawValue), \(topic.events.rawValue)"]))
            for kind in words.kinds(topic) {
                arrows.append(
                    Arrow(from: boxes.count - 1, to: Int(kind.value), label: "", stops: false, isFaint: true))
            }
        }
        for index in boxes.indices {
            let longest = ([boxes[index].title] + boxes[index].lines).map(\.count).max() ?? 0
            boxes[index].width = Double(longest) * Self.characterWidth + 24
            boxes[index].height = Double(1 + boxes[index].lines.count) * Self.lineHeight + 14
        }
    }

    /// The longest way from the left; an arrow that would close a circle (it stops the cascade) doesn't count.
    private mutating func assignColumns() {
        var forward: [[Int]] = Array(repeating: [], count: boxes.count)
        func leads(_ from: Int, to target: Int) -> Bool {
            var seen: Set<Int> = [from]
            var open = [from]
            while let box = open.popLast() {
                if box == target { return true }
                for next in forward[box] where seen.insert(next).inserted { open.append(next) }
            }
            return false
        }
        for arrow in arrows.filter({ !$0.stops }) + arrows.filter(\.stops) where !leads(arrow.to, to: arrow.from) {
            forward[arrow.from].append(arrow.to)
        }
        // As many rounds as there can be columns; each moves a box at least to its right place.
        for _ in boxes.indices {
            var hasMoved = false
            for from in boxes.indices {
                for to in forward[from] where boxes[to].column <= boxes[from].column {
                    boxes[to].column = boxes[from].column + 1
                    hasMoved = true
                }
            }
            if !hasMoved { return }
        }
    }

    /// A cell of a column: a box, or the place where an arrow passes.
    private enum Cell: Hashable {
        case box(Int)
        case bend(arrow: Int, column: Int)
    }

    private mutating func place() {
        var columns: [[Cell]] = Array(repeating: [], count: (boxes.map(\.column).max() ?? 0) + 1)
        for index in boxes.indices { columns[boxes[index].column].append(.box(index)) }
        var neighbours: [Cell: [Cell]] = [:]
        for (index, arrow) in arrows.enumerated() {
            let (left, right) =
                boxes[arrow.from].column <= boxes[arrow.to].column
                ? (arrow.from, arrow.to) : (arrow.to, arrow.from)
            var last = Cell.box(left)
            for column in (boxes[left].column + 1)..<max(boxes[left].column + 1, boxes[right].column) {
                let bend = Cell.bend(arrow: index, column: column)
                columns[column].append(bend)
                neighbours[last, default: []].append(bend)
                neighbours[bend, default: []].append(last)
                last = bend
            }
            neighbours[last, default: []].append(.box(right))
            neighbours[.box(right), default: []].append(last)
        }
        order(&columns, neighbours)
        setPositions(columns)
    }

    /// Each cell near the middle of its neighbours: a few sweeps to the right and back untangle most crossings.
    private func order(_ columns: inout [[Cell]], _ neighbours: [Cell: [Cell]]) {
        var rank: [Cell: Double] = [:]
        func rerank(_ cells: [Cell]) {
            for (index, cell) in cells.enumerated() { rank[cell] = (Double(index) + 0.5) / Double(cells.count) }
        }
        for cells in columns { rerank(cells) }
        for sweep in 0..<8 {
            let order = sweep % 2 == 0 ? Array(columns.indices) : columns.indices.reversed()
            for column in order {
                let weighted = columns[column].enumerated().map { index, cell in
                    let ranks = (neighbours[cell] ?? []).compactMap { rank[$0] }
                    let mean = ranks.isEmpty ? rank[cell] ?? 0 : ranks.reduce(0, +) / Double(ranks.count)
                    return (cell: cell, mean: mean, index: index)
                }
                columns[column] = weighted.sorted { ($0.mean, $0.index) < ($1.mean, $1.index) }.map(\.cell)
                rerank(columns[column])
            }
        }
    }

    private mutating func setPositions(_ columns: [[Cell]]) {
        func cellHeight(_ cell: Cell) -> Double {
            if case .box(let index) = cell { return boxes[index].height }
            return 8
        }
        let heights = columns.map { cells in
            cells.reduce(0.0) { $0 + cellHeight($1) } + Double(max(0, cells.count - 1)) * Self.rowGap
        }
        let tallest = heights.max() ?? 0
        var x = Self.margin
        for (column, cells) in columns.enumerated() {
            let widest = cells.reduce(0.0) { widest, cell in
                if case .box(let index) = cell { max(widest, boxes[index].width) } else { widest }
            }
            var y = Self.margin + (tallest - heights[column]) / 2
            for cell in cells {
                switch cell {
                case .box(let index):
                    boxes[index].x = x
                    boxes[index].y = y
                    boxes[index].width = widest
                case .bend(let arrow, _):
                    arrows[arrow].bends.append((x, y + 4))
                    arrows[arrow].bends.append((x + widest, y + 4))
                }
                y += cellHeight(cell) + Self.rowGap
            }
            x += widest + Self.columnGap
        }
        width = x - Self.columnGap + Self.margin
        height = tallest + 2 * Self.margin
    }
}
