/// A `FieldTree` while it is put together.
struct FieldDraft {
    struct Node {
        var children: [(name: String, node: Int)] = []
        var capture: Int?
    }

    private(set) var nodes = [Node()]
    private(set) var captureCount = 0
    /// Every path that was asked for, once.
    private(set) var paths: [(path: [String], capture: Int)] = []

    var edgeCount: Int { nodes.reduce(0) { $0 + $1.children.count } }
    var nameBytes: Int { nodes.reduce(0) { $0 + $1.children.reduce(0) { $0 + $1.name.utf8.count } } }

    /// Where the value at `path` will be captured; the same path gives the same number.
    mutating func capture(_ path: [String]) -> Int {
        var node = 0
        for name in path { node = child(name, of: node) }
        if let capture = nodes[node].capture { return capture }
        nodes[node].capture = captureCount
        paths.append((path, captureCount))
        captureCount += 1
        return captureCount - 1
    }

    /// The value at `path` goes to a capture that another draft gave out.
    mutating func capture(_ path: [String], at capture: Int) {
        var node = 0
        for name in path { node = child(name, of: node) }
        nodes[node].capture = capture
        captureCount = max(captureCount, capture + 1)
    }

    /// A capture that no path leads to: for what binary mode brings in headers, and for what isn't mapped.
    mutating func reserve() -> Int {
        captureCount += 1
        return captureCount - 1
    }

    /// Below `name` the same names lead to the same captures as at the top (`payload` of Debezium's envelope). Asked
    /// for last.
    mutating func alias(_ name: String) {
        let children = nodes[0].children
        let node = child(name, of: 0)
        nodes[node].children = children
    }

    private mutating func child(_ name: String, of node: Int) -> Int {
        if let found = nodes[node].children.first(where: { $0.name == name }) { return found.node }
        nodes.append(Node())
        nodes[node].children.append((name, nodes.count - 1))
        return nodes.count - 1
    }
}
