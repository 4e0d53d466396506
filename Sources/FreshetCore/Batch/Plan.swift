/// The coalesced cascades of one batch: each entity once, each record noted.
///
/// Ten events about one match are one node. The plan is filled by `note…`, closed over the edges by `CascadeWalk`, and
/// written out by `Emission`. It keeps no payloads, so its size depends on entities and records, not on bytes.
package struct Plan: Sendable {
    package private(set) var nodes: [Node] = []
    package private(set) var records = RecordNotes()
    package private(set) var partitions: [PlanPartition] = []
    package private(set) var sweeps: Set<Sweep> = []
    /// Ids that don't fit into an `EntityRef`, and the payloads' own targets.
    package var buffer = ChangeBuffer()
    /// (node, target): entities that a payload names for an edge declared by field.
    package private(set) var fieldTargets: [(node: Int32, target: ChangeBuffer.Target)] = []
    /// Captured transactions that the batch's events belong to.
    package private(set) var transactions: Set<UInt64> = []
    /// How many nodes are there because an event names them; they come first.
    package private(set) var changedCount = 0
    private var table = EntityTable()
    private var staged = StagedChanges()
    private var sieve = TargetSieve()
    /// By place in `records`: the nodes of a record's second and later changes (a primary key that changed makes two).
    private var furtherNodes: [Int: [Int32]] = [:]
    /// For each change itself or an earlier one; empty as long as no cascades have met.
    private var meetings: [Int32] = []
    /// By changed node, the highest version that an event of the batch gives for it; empty as long as none does.
    private var eventVersions: [Int64] = []
    /// By node, the version of the row that was read; empty as long as none was.
    private var rowVersions: [Int64] = []
    /// By node, how it was reached; kept for whoever explains a cascade.
    private var origins: [Origin?] = []
    private let keepsOrigins: Bool
    /// Nodes whose place a plan keeps for the next batch: 1.5 MiB, or 3 where the array has grown beyond.
    private static let keptNodes = 65_536

    /// The node that another one was first reached from, and the edge.
    package struct Origin: Hashable, Sendable {
        package var parent: Int
        package var edge: Int
    }

    package init(keepsOrigins: Bool = false) {
        self.keepsOrigins = keepsOrigins
    }

    package var isEmpty: Bool { records.isEmpty && nodes.isEmpty && sweeps.isEmpty }

    package mutating func removeAll() {
        // Of what grows with the nodes, what a long backlog needed is given back.
        nodes.removeAll(keepingCapacity: nodes.capacity <= 2 * Self.keptNodes)
        records.removeAll()
        partitions.removeAll(keepingCapacity: true)
        sweeps.removeAll(keepingCapacity: true)
        fieldTargets.removeAll(keepingCapacity: true)
        transactions.removeAll(keepingCapacity: true)
        buffer.changes.removeAll(keepingCapacity: true)
        buffer.targets.removeAll(keepingCapacity: true)
        buffer.pool.removeAll()
        table.removeAll()
        staged.removeAll()
        sieve.removeAll()
        furtherNodes.removeAll(keepingCapacity: true)
        meetings.removeAll(keepingCapacity: meetings.count <= Self.keptNodes)
        eventVersions.removeAll(keepingCapacity: eventVersions.count <= Self.keptNodes)
        rowVersions.removeAll(keepingCapacity: rowVersions.count <= Self.keptNodes)
        origins.removeAll()
        changedCount = 0
    }

    // MARK: Filling

    /// Adds a partition to the batch; its index serves the calls below.
    package mutating func open(_ partition: PlanPartition) -> Int {
        partitions.append(partition)
        return partitions.count - 1
    }

    /// Moves the end of a partition: past a record, or to the end that the log reached without records.
    package mutating func advance(_ partition: Int, to offset: Int64, timestamp: Int64? = nil, hash: UInt64? = nil) {
        if offset > partitions[partition].to { partitions[partition].to = offset }
        if let timestamp { partitions[partition].timestamp = timestamp }
        if let hash { partitions[partition].hash = hash }
    }

    /// Notes a record without a change: ignored, or on its way to a letter topic.
    package mutating func note(_ what: Int32, partition: Int, offset: Int64) {
        records.append(
            RecordNote(offset: offset, version: Node.noVersion, node: what, partition: Int32(partition)))
    }

    /// Notes a record whose changes stand in `buffer.changes`. They count from the next `settle` on.
    package mutating func noteChanges(partition: Int, offset: Int64) {
        guard buffer.changes.count == 1, buffer.changes[0].operation != .truncate else {
            return noteSeveral(partition: partition, offset: offset)
        }
        if staged.isFull { settle() }
        staged.append(buffer.changes[0], record: records.count)
        records.append(
            RecordNote(
                offset: offset, version: buffer.changes[0].version ?? Node.noVersion, node: RecordNote.ignored,
                partition: Int32(truncatingIfNeeded: partition)))
    }

    private mutating func noteSeveral(partition: Int, offset: Int64) {
        settle()
        var first: Int32 = RecordNote.ignored
        var version = Node.noVersion
        for index in buffer.changes.indices {
            let change = buffer.changes[index]
            let node = add(change)
            if index == 0 {
                first = node
                version = change.version ?? Node.noVersion
            } else {
                furtherNodes[records.count, default: []].append(node)
            }
        }
        records.append(RecordNote(offset: offset, version: version, node: first, partition: Int32(partition)))
    }

    /// Gives every noted change its node. The lane calls it behind each receive.
    package mutating func settle() {
        guard !staged.isEmpty else { return }
        staged.find(table, nodes)
        for index in staged.entries.indices {
            let entry = staged.entries[index]
            records.setNode(add(entry.change, found: staged.node(of: index)), at: entry.record)
        }
        staged.removeAll()
    }

    /// Adds a change; for commands and pending repeats also without a record.
    @discardableResult
    package mutating func add(_ change: Change) -> Int32 { add(change, found: nil) }

    /// `found`: its node, where that is known already.
    @inline(__always)
    private mutating func add(_ change: Change, found: Int?) -> Int32 {
        if let transaction = change.transaction { transactions.insert(transaction) }
        if change.operation == .truncate {
            sweeps.insert(.kind(change.entity.kind))
            return RecordNote.wholeKind
        }
        let (index, isNew) = found.map { ($0, false) } ?? table.findOrAppend(change.entity, to: &nodes)
        if isNew { changedCount += 1 }
        let highest = eventVersion(of: index)
        nodes[index].note(change, isNew ? index : nil, highest: highest)
        if let version = change.version, version > highest { noteEvent(of: index, version: version) }
        for target in change.targets {
            fieldTargets.append((Int32(index), buffer.targets[Int(target)]))
        }
        return Int32(index)
    }

    package mutating func addSweep(_ sweep: Sweep) { sweeps.insert(sweep) }

    /// A record leaves the plan for a letter topic (`RecordNote.deadLettered`, `.deferred`).
    package mutating func divert(_ record: Int, as what: Int32) { records.setNode(what, at: record) }

    /// Keeps the entities that the records name: for whoever neither counts them nor writes letters about them, and
    /// doesn't wait for their transactions.
    package mutating func forgetRecords() {
        settle()
        records.removeAll()
        furtherNodes.removeAll(keepingCapacity: true)
        transactions.removeAll(keepingCapacity: true)
        sieve.compact(&fieldTargets)
        buffer.targets.removeAll(keepingCapacity: true)
    }

    /// The places in `records` of those that name one of these nodes, by any of their changes.
    package func recordsNaming(_ nodes: Set<Int32>) -> [Int] {
        records.indices.filter { index in
            nodes.contains(records.node(index))
                || (records.node(index) >= 0 && furtherNodes[index]?.contains(where: nodes.contains) == true)
        }
    }

    // MARK: Walking

    package func find(_ ref: EntityRef) -> Int? { table.find(ref, in: nodes) }

    /// The nodes of these, each as far as one look tells; else -1. The looks wait for memory together.
    func look(_ ids: ArraySlice<Int64>, _ kind: KindIndex, into found: inout [Int32]) {
        found.removeAll(keepingCapacity: true)
        for id in ids { found.append(table.candidate(EntityRef(kind: kind, int: id))) }
        for (place, id) in ids.enumerated() where found[place] >= 0 {
            if !nodes[Int(found[place])].stands(for: EntityRef(kind: kind, int: id)) { found[place] = -1 }
        }
    }

    /// An edge leads from `parent` to `ref`, whose node is `known` unless that is negative. Answers the node
    /// if it is new, or its edges are to be followed now and weren't before.
    package mutating func reach(
        _ ref: EntityRef, known: Int32 = -1, from parent: Int, edge: Int, stops: Bool
    ) -> Int? {
        assert(staged.isEmpty, "what is reached comes behind all changes")
        let (index, isNew) = known >= 0 ? (Int(known), false) : table.findOrAppend(ref, to: &nodes)
        if isNew {
            nodes[index].root = nodes[parent].root
            nodes[index].stops = stops
            if keepsOrigins { note(Origin(parent: parent, edge: edge), of: index) }
            return index
        }
        meet(nodes[index].root, nodes[parent].root)
        guard nodes[index].stops && !stops else { return nil }
        nodes[index].stops = false
        return index
    }

    private mutating func note(_ origin: Origin, of index: Int) {
        while origins.count <= index { origins.append(nil) }
        origins[index] = origin
    }

    /// nil for what an event named, and in a plan that keeps none.
    package func origin(of index: Int) -> Origin? { index < origins.count ? origins[index] : nil }

    /// Two cascades have a dependant in common: what either reaches must come before the values of both.
    private mutating func meet(_ a: Int32, _ b: Int32) {
        guard a != b else { return }
        while meetings.count < changedCount { meetings.append(Int32(meetings.count)) }
        let first = (leader(a), leader(b))
        meetings[Int(max(first.0, first.1))] = min(first.0, first.1)
    }

    private mutating func leader(_ root: Int32) -> Int32 {
        var root = Int(root)
        while meetings[root] != root {
            meetings[root] = meetings[Int(meetings[root])]
            root = Int(meetings[root])
        }
        return Int32(root)
    }

    /// For each change the first change whose cascade meets its own, directly or through others.
    package var leaders: [Int32] {
        var leaders = (0..<Int32(changedCount)).map { $0 }
        // Each points backwards, so the one before it is settled already.
        for root in meetings.indices { leaders[root] = leaders[Int(meetings[root])] }
        return leaders
    }

    package mutating func update(_ index: Int, _ change: (inout Node) -> Void) { change(&nodes[index]) }

    /// The highest version that an event of the batch gives for a node; `noVersion` where none does.
    @inline(__always)
    package func eventVersion(of index: Int) -> Int64 {
        index < eventVersions.count ? eventVersions[index] : Node.noVersion
    }

    private mutating func noteEvent(of index: Int, version: Int64) {
        while eventVersions.count <= index { eventVersions.append(Node.noVersion) }
        eventVersions[index] = version
    }

    /// The version of the row that was read for a node; `noVersion` where there was none, or none was read.
    package func rowVersion(of index: Int) -> Int64 {
        index < rowVersions.count ? rowVersions[index] : Node.noVersion
    }

    package mutating func noteRow(of index: Int, version: Int64) {
        while rowVersions.count <= index { rowVersions.append(Node.noVersion) }
        rowVersions[index] = max(rowVersions[index], version)
    }

    /// Back to the changes: what was resolved and read under the last ticket doesn't count under the next one.
    package mutating func forgetCascades() {
        settle()
        if nodes.count > changedCount {
            nodes.removeSubrange(changedCount...)
            table.rebuild(nodes)
        }
        meetings.removeAll(keepingCapacity: true)
        rowVersions.removeAll(keepingCapacity: true)
        origins.removeAll()
        for index in nodes.indices {
            nodes[index].isExpanded = false
            nodes[index].isEmitted = false
            nodes[index].isGated = false
        }
    }

    // MARK: Counting

    package func outcome(of note: RecordNote) -> Outcome {
        switch note.node {
        case RecordNote.ignored: return .ignored
        case RecordNote.deadLettered: return .deadLettered
        case RecordNote.deferred: return .deferred
        case RecordNote.wholeKind: return .applied
        default:
            let node = Int(note.node)
            if nodes[node].isGated { return .deferred }
            guard note.version != Node.noVersion else { return .applied }
            let highest = max(eventVersion(of: node), rowVersion(of: node))
            return note.version < highest ? .superseded : .applied
        }
    }

    /// The moves of all partitions, with the records counted from each one's `countedFrom`.
    package func moves() -> [CheckpointMove] {
        var counts = Array(repeating: OutcomeCounts(), count: partitions.count)
        records.visit { note in
            let partition = Int(note.partition)
            if note.offset >= partitions[partition].countedFrom { counts[partition][outcome(of: note)] += 1 }
        }
        return partitions.indices.map { index in
            let part = partitions[index]
            return CheckpointMove(
                partition: part.partition, from: part.from, countedFrom: part.countedFrom, to: part.to,
                timestamp: part.timestamp, hash: part.hash, counts: counts[index])
        }
    }

    /// Another worker has counted up to `stored`: count from there.
    package mutating func count(_ partition: Partition, from stored: Int64) {
        for index in partitions.indices where partitions[index].partition == partition {
            partitions[index].countedFrom = stored
            partitions[index].from = min(partitions[index].from, stored)
        }
    }
}
