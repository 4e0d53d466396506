/// What can be said about a graph from its edges alone: cycles, depth, what events can reach.
package struct GraphShape: Sendable {
    private let kindCount: Int
    /// Indices into `Graph.edges` of the edges that lead from a kind to a kind.
    private var leaving: [[Int]]
    private let edges: [Edge]

    package init(kindCount: Int, edges: [Edge]) {
        self.kindCount = kindCount
        self.edges = edges
        leaving = Array(repeating: [], count: kindCount)
        for (index, edge) in edges.enumerated() where edge.to != nil { leaving[Int(edge.from.value)].append(index) }
    }

    private func target(_ edge: Int) -> Int {
        // Only edges with a target stand in `leaving`.
        edges[edge].to.map { Int($0.value) } ?? 0
    }

    /// Cycles of edges along which a cascade would go on, each as the edges in their order; one per group of kinds.
    package func cycles() -> [[Int]] {
        enum Mark { case new, open, done }
        var marks = Array(repeating: Mark.new, count: kindCount)
        var found: [[Int]] = []
        var path: [Int] = []

        // Recursion is bounded by the number of kinds, which the reader of the file bounds.
        func visit(_ kind: Int) {
            marks[kind] = .open
            for edge in leaving[kind] where !edges[edge].stops {
                let next = target(edge)
                switch marks[next] {
                case .new:
                    path.append(edge)
                    visit(next)
                    path.removeLast()
                case .open:
                    let start = path.firstIndex { Int(edges[$0].from.value) == next } ?? path.count
                    found.append(Array(path[start...]) + [edge])
                case .done: break
                }
            }
            marks[kind] = .done
        }

        for kind in 0..<kindCount where marks[kind] == .new { visit(kind) }
        return found
    }

    /// The longest way that a cascade can take, as edges. Only for a graph without cycles.
    package func longestPath() -> [Int] {
        var longest: [[Int]?] = Array(repeating: nil, count: kindCount)

        func from(_ kind: Int) -> [Int] {
            if let known = longest[kind] { return known }
            var best: [Int] = []
            for edge in leaving[kind] {
                let path = [edge] + (edges[edge].stops ? [] : from(target(edge)))
                if path.count > best.count { best = path }
            }
            longest[kind] = best
            return best
        }

        var best: [Int] = []
        for kind in 0..<kindCount where from(kind).count > best.count { best = from(kind) }
        return best
    }

    /// The kinds whose entities events of these kinds can touch. Beyond an edge that stops nothing is reached, and a
    /// field edge needs an event of its own kind.
    package func reached(from changed: Set<KindIndex>) -> Set<KindIndex> {
        var touched = changed
        var open: [(kind: KindIndex, isChanged: Bool)] = changed.sorted().map { ($0, true) }
        var passedThrough = Set<KindIndex>()
        while let (kind, isChanged) = open.popLast() {
            for edge in leaving[Int(kind.value)] {
                if case .field = edges[edge].resolution, !isChanged { continue }
                guard let to = edges[edge].to else { continue }
                touched.insert(to)
                if !edges[edge].stops, !changed.contains(to), passedThrough.insert(to).inserted {
                    open.append((to, false))
                }
            }
        }
        return touched
    }
}
