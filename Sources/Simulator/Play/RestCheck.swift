import FreshetCore
import FreshetWorker

/// What must hold when everything has come to rest.
struct RestCheck {
    private let world: SimWorld

    init(_ world: SimWorld) { self.world = world }

    var violations: [String] { stale + account + letters }

    /// Every cached value is its read model, byte for byte.
    private var stale: [String] {
        let truth = Dictionary(world.truth().map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        var stale: [String] = []
        for (key, value) in world.redis.model.values.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let key = String(decoding: key, as: UTF8.self)
            if key.hasPrefix("v1:freshet:") { continue }
            let cached = String(decoding: value.bytes, as: UTF8.self)
            if truth[key] != cached {
                stale.append("stale: \(key) is cached as '\(cached)', its read model is '\(truth[key] ?? "gone")'")
            }
        }
        return stale
    }

    /// Where Redis never lost its memory and the topic no record, the counts beside the checkpoints add up to the
    /// records of the topic.
    private var account: [String] {
        guard world.plan.everyFault.isDisjoint(with: SimFault.forgetting), world.plan.strategies.isEmpty else {
            return []
        }
        return world.redis.lastCheckpoints.sorted { $0.key < $1.key }.compactMap { partition, checkpoint in
            let records = world.kafka.logs[Int(partition.number)].count
            return checkpoint.counts.total == Int64(records)
                ? nil : "\(partition) has \(records) records, and \(checkpoint.counts) were counted"
        }
    }

    /// What can only become a letter is one; what never came to its read model before the gate's deadline, too; and
    /// nothing else.
    private var letters: [String] {
        let written = Set(world.kafka.letters.compactMap { LetterHead(ours: $0.headers)?.origin })
        var violations: [String] = []
        for partition in world.kafka.partitions {
            let poison = world.kafka.poison[partition] ?? []
            let missing = missing(partition)
            for record in world.kafka.logs[Int(partition.number)] {
                let isLetter = written.contains(LetterOrigin(partition, offset: record.offset))
                let isOwed = poison.contains(record.offset) || missing.contains(record.offset)
                if isOwed && !isLetter && !mayLose {
                    violations.append("lost: \(partition)@\(record.offset) can't be applied, and there is no letter")
                }
                if isLetter && !isOwed && !world.plan.hasGates {
                    violations.append("a good event became a letter: \(partition)@\(record.offset)")
                }
            }
        }
        return violations
    }

    /// Records may be gone before anybody could have written a letter; a rebuild skips records, and says so.
    private var mayLose: Bool {
        let faults = world.plan.everyFault
        let rebuilds: Set<SimFault> = [.overrun, .flush, .restart, .offsetsReset]
        return !faults.isDisjoint(with: rebuilds) || !world.plan.strategies.isEmpty
            || faults.contains(.retention) && !faults.isDisjoint(with: SimFault.forgetting)
    }

    /// Events whose change was lost with a primary before any server showed it.
    private func missing(_ partition: Partition) -> Set<Int64> {
        guard world.plan.hasGates else { return [] }
        var missing: Set<Int64> = []
        for record in world.kafka.logs[Int(partition.number)] {
            let words = String(decoding: record.value ?? [], as: UTF8.self).split(separator: " ")
            guard words.count == 6, words[3] == "up", let id = Int64(words[1]), let version = Int64(words[2]),
                id != SimGraph.rejectedID
            else { continue }
            let seen = words[0] == "match" ? world.database.seenChildren[id] : world.database.seenParents[id]
            if version > seen ?? 0 { missing.insert(record.offset) }
        }
        return missing
    }
}
