import FreshetCore
import FreshetWorker
import KafkaLink
import Wiring

/// What can be seen of a group's offsets from outside: Kafka's side, the control record's, and what would be decided if
/// a worker took the partitions up now.
struct OffsetsSight {
    struct Place {
        var partition: Partition
        var facts: PartitionFacts
        var decision: RecoveryDecision
        var order: MoveOrder?
        var last: DecisionNote?
        /// Milliseconds since 1970 of the next record to apply; nil where there is none, or none can be read.
        var nextTimestamp: Int64?

        /// The next offset to apply.
        var position: Int64 { facts.checkpoint?.offset ?? facts.committed ?? facts.low }
        /// Offsets up to the end; those of transaction markers and of compacted records count too.
        var lag: Int64 { max(0, facts.high - max(position, facts.low)) }

        /// How long the next record to apply has been waiting; nil where that can't be told.
        func lagSeconds(now: Int64) -> Double? {
            if lag == 0 { return 0 }
            return nextTimestamp.map { Double(max(0, now - $0)) / 1_000 }
        }

        /// What the decision would start from, as far as it can be told before it is made.
        var start: Int64? {
            switch decision.start {
            case .offset(let offset): offset
            case .notedEnd: facts.high
            case .timestamp, .halt: nil
            }
        }
    }

    var group: String
    /// nil where the brokers can't say (the embedded one).
    var description: KafkaGroupDescription?
    var places: [Place]
    /// The control record, and the Redis that has it; nil: no worker has used this Redis since it lost its memory.
    var control: (process: String, incarnation: String)?
    /// Whose prefix it is.
    var owner: String?
    var time: Int64
    var remarks: [String] = []

    func member(of partition: Partition) -> KafkaGroupDescription.Member? {
        description?.members.first { $0.partitions.contains(partition) }
    }
}

/// Looks. Everything is read, nothing is changed.
struct OffsetsLook {
    let deployment: Deployment
    let admin: KafkaAdmin
    let cache: any CacheStore
    /// The records that tell how old the lag is, and whether the topic is still the same.
    var readsRecords = true
    var asksMembers = true

    func sight(of partitions: [Partition]) async throws -> OffsetsSight {
        let settings = deployment.settings.workerSettings
        let view = try await cache.look(partitions)
        let notes = try await cache.notes(
            partitions.flatMap {
                [MoveOrder.name(settings.group, $0), DecisionNote.name(settings.group, $0)]
            })
        var sight = OffsetsSight(
            group: settings.group, places: [], control: view.record.map { (view.process, $0.incarnation) },
            owner: view.record?.owner, time: MachineSurroundings().wallClock())
        if view.record == nil { sight.remarks.append("Redis has no control record: a worker that starts makes one") }
        let history = await history(view, &sight)
        let committed = try admin.committed(group: settings.group, partitions)
        var found: [Partition: (facts: PartitionFacts, checkpoint: Checkpoint?)] = [:]
        for partition in partitions {
            let ends = try admin.watermarks(partition)
            let checkpoint = view.record?.checkpoints[partition]
            found[partition] = (
                PartitionFacts(
                    committed: committed[partition], low: ends.low, high: ends.high, checkpoint: checkpoint,
                    isOtherTopic: false, history: history, recordedHistory: view.record?.history), checkpoint
            )
        }
        let others = try otherTopics(found.mapValues(\.facts))
        let times = try timestamps(found.mapValues(\.facts))
        for partition in partitions {
            guard var facts = found[partition]?.facts else { continue }
            facts.isOtherTopic = others.contains(partition)
            let order = notes[MoveOrder.name(settings.group, partition)].flatMap { MoveOrder($0) }
            let recovery = settings.recoveryPerTopic[partition.topic] ?? settings.recovery
            let decision =
                order.map { RecoveryDecision.ordered($0.offset, facts) }
                ?? RecoveryDecision.decide(
                    facts, lagBound: recovery.lagBound, strategies: recovery.strategies,
                    timestamp: sight.time - recovery.rewind)
            sight.places.append(
                OffsetsSight.Place(
                    partition: partition, facts: facts, decision: decision, order: order,
                    last: notes[DecisionNote.name(settings.group, partition)].flatMap { DecisionNote($0) },
                    nextTimestamp: times[partition]))
        }
        try weigh(&sight, settings)
        if asksMembers { describe(&sight) }
        return sight
    }

    /// PostgreSQL may be away: then what the control record says is taken for true.
    private func history(_ view: ControlView, _ sight: inout OffsetsSight) async -> History {
        let models = deployment.models()
        defer { models.disconnect() }
        if let position = try? await models.position() {
            return view.record.map { position.history.counted(like: $0.history) } ?? position.history
        }
        sight.remarks.append("PostgreSQL can't be reached: whether its history changed is not known")
        return view.record?.history ?? History(system: 0, timeline: 0)
    }

    /// As the coordinator does it, but for the rate: what a worker has shown is not known here.
    private func weigh(_ sight: inout OffsetsSight, _ settings: WorkerSettings) throws(Fault) {
        let graph = deployment.graph.graph
        for (topic, definition) in graph.topics.enumerated() {
            let names = [definition.name, deployment.retryTopic(of: definition.name)]
            let behind = sight.places.indices.filter { place in
                sight.places[place].decision.wantsEstimate && names.contains(sight.places[place].partition.topic)
            }
            guard !behind.isEmpty else { continue }
            var rows: Int64 = 0
            do throws(Fault) {
                for statement in BacklogEstimate.statements(graph, topic: topic) {
                    rows += try deployment.rows(of: statement)
                }
            } catch {
                sight.remarks.append("what a rebuild costs is not known: \(error.message)")
                continue
            }
            let estimate = BacklogEstimate(
                records: behind.reduce(0) { $0 + sight.places[$1].facts.backlog }, rows: rows,
                settings: settings.recoveryPerTopic[definition.name] ?? settings.recovery, measured: 0)
            for place in behind {
                let facts = sight.places[place].facts
                sight.places[place].decision = sight.places[place].decision.weighed(estimate, facts)
            }
        }
    }

    private func describe(_ sight: inout OffsetsSight) {
        do throws(Fault) {
            sight.description = try admin.describe(group: sight.group)
        } catch {
            sight.remarks.append("the brokers can't describe the group: \(error.message)")
        }
    }

    /// As the coordinator does it: the record before the checkpoint is another one than was applied.
    private func otherTopics(_ facts: [Partition: PartitionFacts]) throws(Fault) -> Set<Partition> {
        guard readsRecords else { return [] }
        let known = facts.compactMapValues { facts in
            facts.checkpoint.flatMap { $0.canBeChecked(low: facts.low, high: facts.high) ? $0 : nil }
        }
        let last = try admin.records(at: known.mapValues { $0.offset - 1 })
        return Set(known.filter { last[$0].map($1.recognises) == false }.keys)
    }

    /// When the next record to apply was written. Where it was compacted away, the last one that was applied tells.
    private func timestamps(_ facts: [Partition: PartitionFacts]) throws(Fault) -> [Partition: Int64] {
        guard readsRecords else { return [:] }
        let behind = facts.filter { max($0.value.resumeForLag, $0.value.low) < $0.value.high }
        let records = try admin.records(at: behind.mapValues { max($0.resumeForLag, $0.low) })
        return behind.reduce(into: [:]) { times, next in
            let applied = next.value.checkpoint.flatMap { $0.timestamp >= 0 ? $0.timestamp : nil }
            times[next.key] = records[next.key]?.timestamp ?? applied
        }
    }
}

extension PartitionFacts {
    fileprivate var resumeForLag: Int64 { checkpoint?.offset ?? committed ?? low }
}
