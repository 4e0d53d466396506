/// Changes that wait for their nodes, so that many look-ups wait for memory at the same time.
///
/// Looking up an entity among tens of thousands is two waits, one behind the other: for its slot and for its node. The
/// slots of one stage are fetched in a loop without dependences, then the nodes, and then the changes are made in their
/// order: with a long backlog that takes a third of the time of one after the other.
struct StagedChanges: Sendable {
    /// More would leave the nearest cache before they are used.
    static let limit = 64

    struct Entry: Sendable {
        var change: Change
        /// Its place in `Plan.records`.
        var record: Int
    }

    private(set) var entries: [Entry] = []
    /// For each entry the node that it has, as far as it could be told without making one; -1: not known.
    private var found: [Int32] = []

    init() {}

    var isEmpty: Bool { entries.isEmpty }
    var isFull: Bool { entries.count >= Self.limit }

    mutating func append(_ change: Change, record: Int) { entries.append(Entry(change: change, record: record)) }

    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    /// Looks all of them up.
    mutating func find(_ table: EntityTable, _ nodes: [Node]) {
        found.removeAll(keepingCapacity: true)
        for entry in entries { found.append(table.candidate(entry.change.entity)) }
        for index in entries.indices where found[index] >= 0 {
            if !nodes[Int(found[index])].stands(for: entries[index].change.entity) { found[index] = -1 }
        }
    }

    func node(of entry: Int) -> Int? { found[entry] < 0 ? nil : Int(found[entry]) }
}
