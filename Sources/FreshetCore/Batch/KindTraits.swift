/// What is asked of a kind for every node, without a copy of the whole kind each time.
struct KindTraits: Sendable {
    let onChange: Kind.Treatment
    let onReach: Kind.Treatment
    /// A changed entity's row tells whether its event was superseded, or came before its projection.
    let isReadOnChange: Bool
    /// An edge remembers which parents its entities had.
    let isRemembered: Bool

    init(_ kind: Kind, _ graph: Graph) {
        onChange = kind.onChange
        onReach = kind.onReach
        isReadOnChange = kind.gate != nil || kind.hasVersion
        isRemembered = kind.edges.contains { graph.edges[$0].remembers }
    }
}

extension Graph {
    var traits: [KindTraits] { kinds.map { KindTraits($0, self) } }
}

extension Node {
    /// Whether its read model is asked for: to be written, to tell superseded events, or for the gate.
    func wantsDocument(_ traits: KindTraits) -> Bool {
        if isRejected { return false }
        if isReread { return true }
        if isChanged { return traits.isReadOnChange || (traits.onChange == .refresh && !isDeleted) }
        return traits.onReach == .refresh
    }

    /// Whether its keys get their document (where there is a row) rather than being removed. A delete never writes
    /// its own key.
    func writes(_ traits: KindTraits) -> Bool {
        if isRejected || isGated { return false }
        if isReread { return true }
        return isChanged ? traits.onChange == .refresh && !isDeleted : traits.onReach == .refresh
    }
}

extension Plan {
    /// Whether any changed node's keys may get their document.
    package func writesChanged(_ graph: Graph) -> Bool {
        let traits = graph.traits
        return nodes[..<changedCount].contains { $0.writes(traits[Int($0.ref.kind.value)]) }
    }

    /// Whether a node's keys get their document, where there is one.
    func writes(_ index: Int, _ traits: [KindTraits]) -> Bool {
        let node = nodes[index]
        return !nodes[Int(node.root)].isGated && node.writes(traits[Int(node.ref.kind.value)])
    }
}
