/// The keys that a change touches, as a tree: below each the ones it led to.
struct CascadeTree: Sendable, Hashable {
    struct Node: Sendable, Hashable {
        var kind: String
        var key: String
        /// Written from the read model; otherwise only removed.
        var isRefreshed: Bool
        /// Index of the node that led here; nil for the changed entity itself.
        var parent: Int?
    }

    /// Parents stand before their children.
    var nodes: [Node] = []

    /// Children of one kind that are drawn in full; of more, the first two and a count.
    private static let siblingsShown = 3

    func lines(limit: Int) -> [StyledLine] {
        var children: [Int: [Int]] = [:]
        var roots: [Int] = []
        for (index, node) in nodes.enumerated() {
            if let parent = node.parent { children[parent, default: []].append(index) } else { roots.append(index) }
        }
        var lines: [StyledLine] = []
        for root in roots {
            lines.append(label(root))
            draw(children[root] ?? [], children, indent: "", into: &lines)
        }
        guard lines.count > limit, limit > 0 else { return lines }
        return Array(lines.prefix(limit - 1)) + [StyledLine("… \(lines.count - limit + 1) lines more", .dim)]
    }

    /// `35 keys: 1 event, 2 phase, 20 team, 11 match, 1 standings`
    var summary: String {
        guard nodes.count > 4 else { return nodes.map(\.key).joined(separator: ", ") }
        var kinds: [(name: String, count: Int)] = []
        for node in nodes {
            if let index = kinds.firstIndex(where: { $0.name == node.kind }) {
                kinds[index].count += 1
            } else {
                kinds.append((node.kind, 1))
            }
        }
        return "\(nodes.count) keys: " + kinds.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
    }

    private enum Branch {
        case node(Int)
        case rest(kind: String, count: Int)
    }

    private func draw(
        _ siblings: [Int], _ children: [Int: [Int]], indent: String, into lines: inout [StyledLine]
    ) {
        let branches = fold(siblings, children)
        for (position, branch) in branches.enumerated() {
            let isLast = position == branches.count - 1
            let stem = StyledLine(indent + (isLast ? "└─ " : "├─ "), .dim)
            switch branch {
            case .rest(let kind, let count): lines.append(stem.adding("… \(count) more of \(kind)", .dim))
            case .node(let index):
                lines.append(stem + label(index))
                draw(children[index] ?? [], children, indent: indent + (isLast ? "   " : "│  "), into: &lines)
            }
        }
    }

    /// Many leaves of one kind become two of them and a count.
    private func fold(_ siblings: [Int], _ children: [Int: [Int]]) -> [Branch] {
        var branches: [Branch] = []
        var kinds: [String] = []
        for index in siblings where !kinds.contains(nodes[index].kind) { kinds.append(nodes[index].kind) }
        for kind in kinds {
            let same = siblings.filter { nodes[$0].kind == kind }
            // What leads further is never folded away.
            let sorted = same.filter { children[$0] != nil } + same.filter { children[$0] == nil }
            let parents = same.filter { children[$0] != nil }.count
            let shown = same.count <= Self.siblingsShown ? same.count : max(2, parents)
            branches += sorted.prefix(shown).map(Branch.node)
            if shown < same.count { branches.append(.rest(kind: kind, count: same.count - shown)) }
        }
        return branches
    }

    private func label(_ index: Int) -> StyledLine {
        let node = nodes[index]
        return StyledLine(node.key, .key).adding("  ").adding(
            node.isRefreshed ? "refreshed" : "invalidated", node.isRefreshed ? .good : .notice)
    }
}
