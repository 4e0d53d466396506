import FreshetCore
import KafkaLink
import TestServers

/// A group member as small as can be: one lane, starts what it is assigned where the test says.
final class Member {
    struct Seen: Hashable {
        var partition: Partition
        var offset: Int64
        var epoch: UInt32
        var value: String?
    }

    let group: KafkaGroup
    var lane: KafkaLaneLog { group.lanes[0] }
    private(set) var assigned: Set<Partition> = []
    private(set) var seen: [Seen] = []
    private(set) var copies: [RecordCopy] = []
    private(set) var events: [GroupEvent] = []
    private var epoch: UInt32 = 0
    private var slots: [Partition] = []
    /// Where a partition starts: what was committed, else 0.
    var startOffset: (Partition) -> Int64 = { _ in 0 }
    /// Whether revocations are answered.
    var answers = true

    /// `session`: milliseconds. A long one: with its session a member loses what it was assigned, and what it has seen
    /// comes again. On a busy machine librdkafka's threads may stand still for seconds.
    init(_ settings: KafkaSettings, _ topics: [String], session: Int = 45_000) throws {
        var settings = settings
        settings.sessionTimeout = session
        group = try KafkaGroup(settings, topics: topics, lanes: 1)
    }

    func start(_ partitions: [Partition]) throws {
        epoch += 1
        try group.start(
            partitions.map { partition in
                let slot = slots.firstIndex(of: partition) ?? slots.count
                if slot == slots.count { slots.append(partition) }
                return PartitionStart(
                    partition: partition, offset: startOffset(partition), lane: 0,
                    assignment: .init(slot: UInt32(slot), epoch: epoch))
            })
    }

    /// One turn: what the group says, then what the lane has.
    func turn() throws {
        if let event = try group.nextEvent(within: 20) {
            events.append(event)
            switch event {
            case .assigned(let partitions):
                assigned.formUnion(partitions)
                try start(partitions)
            case .revoked(let partitions, _):
                if answers {
                    try group.stop(partitions, all: group.settings.groupProtocol != .cooperativeSticky)
                    assigned.subtract(partitions)
                }
            case .fault, .outOfRange: break
            }
        }
        try receive()
    }

    func receive(limit: Int = 1_000, within milliseconds: Int = 20) throws {
        let batch = try lane.receive(limit: limit, within: milliseconds)
        for (index, record) in batch.records.enumerated() {
            copies.append(batch.copy(index, partition: slots[Int(record.assignment.slot)]))
            seen.append(
                Seen(
                    partition: slots[Int(record.assignment.slot)], offset: record.offset,
                    epoch: record.assignment.epoch, value: record.value.map { String(decoding: $0, as: UTF8.self) }))
        }
    }

    func offsets(_ partition: Partition) -> [Int64] { seen.filter { $0.partition == partition }.map(\.offset) }

    func forget() { seen.removeAll() }
}

/// Takes turns until the condition holds; false after a generous time.
func eventually(_ members: Member..., seconds: Int = 60, until condition: () throws -> Bool) rethrows -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
        if try condition() { return true }
        for member in members { try? member.turn() }
    }
    return try condition()
}

extension KafkaGroup {
    func ends(of partition: Partition) throws(Fault) -> (low: Int64, high: Int64) {
        try watermarks([partition])[partition] ?? (-1, -1)
    }
}
