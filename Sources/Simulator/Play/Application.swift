import FreshetCore

/// The played application: it changes rows, and events tell of it, after the commit or ahead of its visibility.
///
/// Confined to the playing thread, see `SimTime`.
final class Application: @unchecked Sendable {
    private let world: SimWorld
    private(set) var isFinished = false
    /// Rows with a commit that is not visible yet: PostgreSQL's row locks make the next writer wait.
    private var locked: Set<String> = []
    private var outstanding = 0

    init(_ world: SimWorld) { self.world = world }

    /// Fills tables and cache as they are before the first worker starts.
    func seed() {
        let time = world.time
        var writes: [Commit.Write] = (1...Int64(world.plan.parents)).map { .parent($0) }
        for child in 1...Int64(world.plan.children) {
            writes.append(.child(child, parent: 1 + Int64(time.below(world.plan.parents))))
        }
        _ = world.database.commit(writes, visibleAfter: 0)
        // What somebody wrote before the first worker came follows the first graph, and that worker maybe the second.
        guard !world.plan.faults.contains(.deploy) else { return }
        for (key, value) in world.truth() {
            world.redis.set(key, value)
        }
    }

    func run() async {
        for _ in 0..<world.plan.changes {
            await world.time.sleep(UInt64(200_000 + world.time.below(world.plan.pause * 1_000_000)))
            change()
            if world.plan.faults.contains(.poison) && world.time.chance(world.plan.poison) { poison() }
        }
        while outstanding > 0 { await world.time.sleep(1_000_000) }
        isFinished = true
    }

    private func change() {
        let time = world.time
        let rows = world.database.rows(world.database.primary)
        if time.chance(world.plan.parentChanges) {
            let id = 1 + Int64(time.below(world.plan.parents))
            guard let version = rows.parents[id], locked.insert("league \(id)").inserted else { return }
            commit([.parent(id)], kind: "league", id: id, version: version + 1, isDelete: false, parents: [])
            return
        }
        let id = 1 + Int64(time.below(world.plan.children))
        let before = rows.children[id]
        guard locked.insert("match \(id)").inserted else { return }
        if before != nil && time.chance(world.plan.deletes) {
            commit(
                [.deleteChild(id)], kind: "match", id: id, version: (rows.lastVersions[id] ?? 0) + 1, isDelete: true,
                parents: before.map { [$0.parent] } ?? [])
            return
        }
        let moves = before == nil || time.chance(world.plan.moves)
        let parent = moves ? 1 + Int64(time.below(world.plan.parents)) : before?.parent ?? 1
        let named = Set([parent] + (before.map { [$0.parent] } ?? []))
        commit(
            [.child(id, parent: parent)], kind: "match", id: id, version: (rows.lastVersions[id] ?? 0) + 1,
            isDelete: false,
            parents: named.sorted())
    }

    private func commit(
        _ writes: [Commit.Write], kind: String, id: Int64, version: Int64, isDelete: Bool, parents: [Int64]
    ) {
        let time = world.time
        let delay = visibilityDelay()
        let commit = world.database.commit(writes, visibleAfter: delay)
        let what = "\(kind) \(id) v\(version) \(isDelete ? "deleted" : "")"
        world.note("commit \(commit.transaction) \(what) visible after \(delay / 1000)µs")
        let event = SimEvent.bytes(
            kind: kind, id: id, version: version, isDelete: isDelete,
            transaction: world.plan.isCapture ? commit.transaction : 0, parents: world.plan.hasImages ? parents : [])
        let partition =
            world.plan.isScattered
            ? time.below(world.plan.partitions) : Int(id + (kind == "match" ? 0 : 1)) % world.plan.partitions
        outstanding += 1
        time.schedule(after: delay) { [self] in locked.remove("\(kind) \(id)") }
        let announced = UInt64(time.below(6_000_000)) + (world.plan.isCapture || world.plan.hasGates ? 0 : delay)
        time.schedule(after: announced) { [self] in
            announce(event, "\(kind):\(id)", partition)
            outstanding -= 1
        }
        if world.plan.faults.contains(.duplicate) && time.chance(15) {
            outstanding += 1
            time.schedule(after: announced + UInt64(time.below(80_000_000))) { [self] in
                announce(event, "\(kind):\(id)", partition)
                outstanding -= 1
            }
        }
    }

    /// An fsync, or the answer of a synchronous standby, which now and then takes long.
    private func visibilityDelay() -> UInt64 {
        let time = world.time
        if time.chance(50) { return 0 }
        guard world.plan.isCapture || world.plan.hasGates else { return UInt64(time.below(4_000_000)) }
        return UInt64(time.below((time.chance(15) ? world.plan.lateness : 40) * 1_000_000))
    }

    /// What can only become a letter: no event at all, or one of a row that PostgreSQL refuses to read.
    private func poison() {
        let isRow = world.time.chance(50)
        let text = isRow ? "match \(SimGraph.rejectedID) 1 up 0 -" : "no event"
        announce(Array(text.utf8), "poison", world.time.below(world.plan.partitions), isPoison: true)
    }

    private func announce(_ event: [UInt8], _ key: String, _ partition: Int, isPoison: Bool = false) {
        if world.plan.faults.contains(.hole) && world.time.chance(15) { world.kafka.skip(partition) }
        world.note("event \(partition)@\(world.kafka.ends[partition]) \(String(decoding: event, as: UTF8.self))")
        world.kafka.append(partition, key: Array(key.utf8), value: event, isPoison: isPoison)
        if world.plan.faults.contains(.hole) && world.time.chance(8) { world.kafka.skip(partition) }
    }
}

extension SimWorld {
    /// Every key that could be cached, with the document that it must have, as PostgreSQL has it now and the graph that
    /// works with the cache reads it.
    func truth() -> [(key: String, value: String)] {
        let rows = database.rows(database.primary)
        var truth: [(String, String)] = []
        for id in rows.children.keys.sorted() { truth.append(("v1:match:\(id)", rows.childDocument(id) ?? "")) }
        for id in rows.parents.keys.sorted() {
            truth.append(("\(SimGraph.leagueKey(generation))\(id)", rows.parentDocument(id) ?? ""))
            truth.append(("v1:table:\(id)", rows.tableDocument(id, generation) ?? ""))
        }
        return truth
    }
}

extension SimRedis {
    /// A plain SET, as a service that fills without asking would do it.
    func set(_ key: String, _ value: String) {
        try? model.set(Array(key.utf8), Array(value.utf8), timeToLive: 86_400_000)
    }
}
