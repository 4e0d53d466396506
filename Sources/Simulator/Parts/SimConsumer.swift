import FreshetCore

/// The consumer inside one worker process: membership for the coordinator, queues for the lanes.
///
/// Confined to the playing thread, see `SimTime`.
final class SimConsumer: @unchecked Sendable {
    struct Fetch {
        var start: PartitionStart
        var position: Int64
    }

    let world: SimWorld
    let process: SimProcess
    private(set) var fetches: [Partition: Fetch] = [:]
    /// Partitions whose next record was deleted before it was fetched.
    private var outOfRange: [Partition] = []

    init(_ world: SimWorld, _ process: SimProcess) {
        self.world = world
        self.process = process
        world.kafka.join(process)
    }

    func start(_ starts: [PartitionStart]) {
        for start in starts { fetches[start.partition] = Fetch(start: start, position: start.offset) }
    }

    func stop(_ partitions: [Partition]) {
        for partition in partitions { fetches[partition] = nil }
    }

    /// Records for a lane: from one or several of its partitions.
    func take(lane: Int, limit: Int) -> [(record: SimKafka.Record, assignment: RecordBatch.Assignment)] {
        var taken: [(SimKafka.Record, RecordBatch.Assignment)] = []
        for (partition, fetch) in fetches.sorted(by: { $0.key < $1.key }) where fetch.start.lane == lane {
            if fetch.position < world.kafka.lows[Int(partition.number)] {
                fetches[partition] = nil
                outOfRange.append(partition)
                continue
            }
            let records = world.kafka.records(
                Int(partition.number), from: fetch.position, limit: min(limit - taken.count, 1 + world.time.below(4)))
            guard let last = records.last else { continue }
            taken += records.map { ($0, fetch.start.assignment) }
            fetches[partition]?.position = last.offset + 1
        }
        return taken
    }

    func takeOutOfRange() -> Partition? { outOfRange.popLast() }

    func waiting(lane: Int) -> Int {
        fetches.values.filter { $0.start.lane == lane }.reduce(0) { sum, fetch in
            sum + Int(max(0, world.kafka.ends[Int(fetch.start.partition.number)] - fetch.position))
        }
    }

    /// What a log does that stamps a record when it hands it over, not when it fetched it: no defence at all.
    func stampAgain(
        _ taken: [(record: SimKafka.Record, assignment: RecordBatch.Assignment)],
        _ before: [RecordBatch.Assignment: Partition]
    ) -> [(record: SimKafka.Record, assignment: RecordBatch.Assignment)] {
        taken.map { record, assignment in
            (record, before[assignment].flatMap { fetches[$0]?.start.assignment } ?? assignment)
        }
    }

    var assignments: [RecordBatch.Assignment: Partition] {
        Dictionary(fetches.map { ($1.start.assignment, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func reachedEnds(lane: Int) -> [(assignment: RecordBatch.Assignment, offset: Int64)] {
        fetches.values.filter { $0.start.lane == lane }.compactMap { fetch in
            let number = Int(fetch.start.partition.number)
            guard fetch.position >= world.kafka.lows[number],
                world.kafka.records(number, from: fetch.position, limit: 1).isEmpty
            else { return nil }
            return (fetch.start.assignment, world.kafka.ends[number])
        }
    }
}

final class SimGroupLog: GroupLog {
    private let consumer: SimConsumer

    init(_ consumer: SimConsumer) { self.consumer = consumer }

    private var world: SimWorld { consumer.world }

    private func way() async throws(Fault) {
        guard consumer.process.isAlive else { throw SimProcess.dead }
        await world.time.sleep(world.latency(1), in: consumer.process)
        guard consumer.process.isAlive else { throw SimProcess.dead }
    }

    func nextEvent(within milliseconds: Int) async throws(Fault) -> GroupEvent? {
        let deadline = world.time.now + UInt64(milliseconds) * 1_000_000
        while true {
            try await way()
            if let partition = consumer.takeOutOfRange() { return .outOfRange(partition) }
            if let event = world.kafka.poll(consumer.process) {
                world.note("\(consumer.process.number) group says \(event)")
                return event
            }
            if world.time.now >= deadline { return nil }
            await world.time.sleep(world.pollInterval(5_000_000), in: consumer.process)
        }
    }

    func committed(_ partitions: [Partition]) async throws(Fault) -> [Partition: Int64] {
        try await way()
        return world.kafka.committed.filter { partitions.contains($0.key) }
    }

    func watermarks(_ partitions: [Partition]) async throws(Fault) -> [Partition: (low: Int64, high: Int64)] {
        try await way()
        return partitions.reduce(into: [:]) {
            $0[$1] = (world.kafka.lows[Int($1.number)], world.kafka.ends[Int($1.number)])
        }
    }

    func offset(_ partition: Partition, at timestamp: Int64) async throws(Fault) -> Int64 {
        try await way()
        let records = world.kafka.records(Int(partition.number), from: 0, limit: .max >> 1)
        return records.first { $0.timestamp >= timestamp }?.offset ?? world.kafka.ends[Int(partition.number)]
    }

    func records(at offsets: [Partition: Int64]) async throws(Fault) -> [Partition: RecordCopy] {
        try await way()
        return offsets.reduce(into: [:]) { $0[$1.key] = world.copy($1.key, at: $1.value) }
    }

    func start(_ starts: [PartitionStart]) async throws(Fault) {
        try await way()
        let places = starts.map { "\($0.partition.number)@\($0.offset) lane \($0.lane)" }
        world.note("\(consumer.process.number) starts \(places)")
        consumer.start(starts)
    }

    func stop(_ partitions: [Partition], all: Bool) async throws(Fault) {
        consumer.stop(partitions)
        guard consumer.process.isAlive else { throw SimProcess.dead }
        if all { world.kafka.gaveUp(consumer.process) }
    }

    func pause(_ partitions: [Partition]) async throws(Fault) {}
    func resume(_ partitions: [Partition]) async throws(Fault) {}

    func commit(_ offsets: [Partition: Int64]) async throws(Fault) {
        try await way()
        let told = world.plan.defences.contains(.commitLast) ? offsets : consumer.fetches.mapValues(\.position)
        guard world.kafka.commit(told, by: consumer.process) else {
            throw Fault(.kafka, .kafka(name: "UNKNOWN_MEMBER_ID", fatal: false), "no longer a member")
        }
        world.checkCommit(told)
        try await way()
    }

    func close(within milliseconds: Int) async {
        if consumer.process.isAlive { world.kafka.leave(consumer.process) }
    }
}

extension SimWorld {
    func copy(_ partition: Partition, at offset: Int64) -> RecordCopy? {
        guard let record = kafka.records(Int(partition.number), from: offset, limit: 1).first, record.offset == offset
        else { return nil }
        return RecordCopy(
            partition: partition, offset: offset, timestamp: record.timestamp, key: record.key, value: record.value,
            headers: [])
    }
}
