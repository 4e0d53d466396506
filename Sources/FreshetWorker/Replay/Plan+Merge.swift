import FreshetCore

extension Plan {
    /// What another plan's records name, without the records: one refresh for both.
    mutating func take(changesOf other: Plan, _ graph: Graph) {
        var targets: [Int32: [ChangeBuffer.Target]] = [:]
        for (node, target) in other.fieldTargets { targets[node, default: []].append(target) }
        for (index, node) in other.nodes.prefix(other.changedCount).enumerated() {
            let start = Int32(buffer.targets.count)
            for target in targets[Int32(index)] ?? [] {
                buffer.targets.append(
                    ChangeBuffer.Target(edge: target.edge, entity: translate(target.entity, other, graph)))
            }
            let version = other.eventVersion(of: index)
            let place = add(
                Change(
                    entity: translate(node.ref, other, graph), operation: node.isDeleted ? .delete : .upsert,
                    version: version == Node.noVersion ? nil : version, hasImageBefore: node.hasEveryImage,
                    targets: start..<Int32(buffer.targets.count)))
            if node.hasSeveralVersions { update(Int(place)) { $0.hasSeveralVersions = true } }
        }
        for sweep in other.sweeps { addSweep(sweep) }
    }

    /// A text id stands in its own plan's pool.
    private mutating func translate(_ entity: EntityRef, _ other: Plan, _ graph: Graph) -> EntityRef {
        guard graph[entity.kind].isPooled else { return entity }
        var entity = entity
        entity.low = other.buffer.pool.with(entity.low) { buffer.pool.intern($0) }
        return entity
    }
}
