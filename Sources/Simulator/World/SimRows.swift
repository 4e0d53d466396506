/// The application's tables: parents (`league`) and children (`match`), each with a version, and what is computed from
/// them (`table`: one per parent, with no version of its own).
struct SimRows: Hashable {
    struct Child: Hashable {
        var version: Int64
        var parent: Int64
    }

    var children: [Int64: Child] = [:]
    var parents: [Int64: Int64] = [:]
    /// A row that comes back after a delete goes on counting: versions never restart.
    var lastVersions: [Int64: Int64] = [:]

    mutating func apply(_ write: Commit.Write) {
        switch write {
        case .child(let id, let parent):
            lastVersions[id, default: 0] += 1
            children[id] = Child(version: lastVersions[id] ?? 1, parent: parent)
        case .deleteChild(let id):
            lastVersions[id, default: 0] += 1
            children[id] = nil
        case .parent(let id):
            parents[id, default: 0] += 1
        }
    }

    /// It shows its parent's version: a change of a parent changes its children too.
    func childDocument(_ id: Int64) -> String? {
        children[id].map { "match \(id) v\($0.version) in \($0.parent) v\(parents[$0.parent] ?? 0)" }
    }

    func parentDocument(_ id: Int64) -> String? {
        parents[id].map { "league \(id) v\($0)" }
    }

    /// The aggregate: any change of any child shows in it.
    /// As the graph of this generation reads it.
    func tableDocument(_ id: Int64, _ generation: Int) -> String? {
        guard let version = parents[id] else { return nil }
        let members = children.filter { $0.value.parent == id }.sorted { $0.key < $1.key }
        return "table \(id) v\(version): " + members.map { "\($0.key)v\($0.value.version)" }.joined(separator: " ")
            + (generation == 0 ? "" : " by the second graph")
    }
}
