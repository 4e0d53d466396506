import FreshetCore

/// What a fence refused is invalid, never stale; it is read once more with a new ticket, so that it is there again.
///
/// It rides with the lane's next batch, whose ticket, read and call do for it as well: with a batch of its own at once,
/// every other batch of a busy lane would be followed by one, and what comes next would wait for it.
struct LaneReread {
    /// One that stands by itself, without its batch's pool.
    private struct Entity {
        var ref: EntityRef
        /// The canonical bytes of an id that doesn't fit into the reference.
        var canonical: [UInt8]
    }

    /// Beyond it a key is left to its next event or reader.
    static let most = 16_384

    private var waiting: [Entity] = []

    var isEmpty: Bool { waiting.isEmpty }

    mutating func take(_ nodes: some Sequence<Int>, of plan: Plan, _ graph: Graph) {
        for node in nodes where waiting.count < Self.most {
            let ref = plan.nodes[node].ref
            let canonical = graph[ref.kind].isPooled ? Array(plan.buffer.pool[ref.low]) : []
            waiting.append(Entity(ref: ref, canonical: canonical))
        }
    }

    /// Adds them to the changes of a batch. What an event of it names is treated as the event says.
    mutating func board(_ plan: inout Plan, _ graph: Graph) {
        for var entity in waiting {
            if graph[entity.ref.kind].isPooled { entity.ref.low = plan.buffer.pool.intern(entity.canonical) }
            guard plan.find(entity.ref) == nil else { continue }
            let index = Int(plan.add(Change(entity: entity.ref, operation: .upsert)))
            plan.update(index) {
                $0.isReread = true
                $0.stops = true
            }
        }
        waiting.removeAll()
    }
}
