/// The paths that a topic's mapping names, compiled: object by object, which names lead on and which are captured.
///
/// Fixed memory of its own, so that the reader's look-ups cost neither bounds checks nor reference counting.
final class FieldTree {
    struct Node {
        var firstChild: Int32 = 0
        var childCount: Int32 = 0
        /// Where this value is captured; -1: nowhere.
        var capture: Int32 = -1
        /// One bit per child's name: most names that nobody asked for are gone after one look.
        var filter: UInt64 = 0
    }

    struct Child {
        /// The name's first eight bytes, zeros behind.
        var prefix: UInt64
        var length: Int32
        var node: Int32
        /// Where the name stands in `names`.
        var name: Int32
    }

    static let root: Int32 = 0
    let nodes: UnsafeMutablePointer<Node>
    private let children: UnsafeMutablePointer<Child>
    private let names: UnsafeMutablePointer<UInt8>
    private let counts: (nodes: Int, children: Int, names: Int)
    let captureCount: Int
    var nodeCount: Int { counts.nodes }

    init(_ draft: FieldDraft) {
        nodes = .allocate(capacity: draft.nodes.count)
        children = .allocate(capacity: max(1, draft.edgeCount))
        names = .allocate(capacity: draft.nameBytes + 8)
        names.initialize(repeating: 0, count: draft.nameBytes + 8)
        counts = (draft.nodes.count, draft.edgeCount, draft.nameBytes + 8)
        captureCount = draft.captureCount
        var nextChild = 0
        var nextName = 0
        for (index, drafted) in draft.nodes.enumerated() {
            var node = Node(firstChild: Int32(nextChild), childCount: Int32(drafted.children.count))
            node.capture = Int32(drafted.capture ?? -1)
            for child in drafted.children {
                let name = Array(child.name.utf8)
                for (position, byte) in name.enumerated() { names[nextName + position] = byte }
                let prefix = Self.prefix(names + nextName, name.count, available: 8)
                (children + nextChild).initialize(
                    to: Child(
                        prefix: prefix, length: Int32(name.count), node: Int32(child.node), name: Int32(nextName)))
                node.filter |= Self.bit(prefix)
                nextName += name.count
                nextChild += 1
            }
            (nodes + index).initialize(to: node)
        }
    }

    deinit {
        nodes.deinitialize(count: counts.nodes).deallocate()
        children.deinitialize(count: counts.children).deallocate()
        names.deinitialize(count: counts.names).deallocate()
    }

    /// The node behind `name` below `node`; -1: nobody asked. `available` bytes may be read from `name` on.
    @inline(__always)
    func child(of node: Int32, _ name: UnsafePointer<UInt8>, _ length: Int, available: Int) -> Int32 {
        let parent = nodes + Int(node)
        let prefix = Self.prefix(name, length, available: available)
        guard parent.pointee.filter & Self.bit(prefix) != 0 else { return -1 }
        var child = children + Int(parent.pointee.firstChild)
        let end = child + Int(parent.pointee.childCount)
        while child < end {
            if child.pointee.prefix == prefix, Int(child.pointee.length) == length,
                length <= 8 || rest(child, name, length)
            {
                return child.pointee.node
            }
            child += 1
        }
        return -1
    }

    func children(of node: Int32) -> [Int32] {
        let parent = nodes[Int(node)]
        return (parent.firstChild..<parent.firstChild + parent.childCount).map { children[Int($0)].node }
    }

    private func rest(_ child: UnsafeMutablePointer<Child>, _ name: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        let expected = names + Int(child.pointee.name)
        for index in 8..<length where expected[index] != name[index] { return false }
        return true
    }

    @inline(__always)
    private static func prefix(_ name: UnsafePointer<UInt8>, _ length: Int, available: Int) -> UInt64 {
        if available >= 8 {
            let word = UInt64(littleEndian: UnsafeRawPointer(name).loadUnaligned(as: UInt64.self))
            return length >= 8 ? word : word & ((1 &<< UInt64(truncatingIfNeeded: 8 &* length)) &- 1)
        }
        var word: UInt64 = 0
        for index in 0..<min(length, 8) { word |= UInt64(name[index]) << UInt64(8 * index) }
        return word
    }

    @inline(__always) private static func bit(_ prefix: UInt64) -> UInt64 {
        1 &<< ((prefix &* 0x9E37_79B9_7F4A_7C15) >> 58)
    }
}
