import CommandKit
import FreshetCore
import KafkaLink
import Synchronization
import Wiring

/// What the log alone reaches with the records of a topic: taken through a group and lanes as the worker does, in
/// pieces of the same size, and thrown away.
final class KafkaLimits {
    /// Records of one receive, as a lane asks for them.
    private static let records = 2_048
    private static let patience: UInt64 = 120_000_000_000

    private let servers: BenchServers
    private let backlog: BenchBacklog
    private let group: KafkaGroup

    /// Begins to join; that takes a broker some seconds, in which something else can be measured.
    init(_ servers: BenchServers, _ backlog: BenchBacklog, lanes: Int, name: String) throws {
        self.servers = servers
        self.backlog = backlog
        group = try KafkaGroup(servers.broker.settings(group: "limit-\(name)"), topics: [backlog.topic], lanes: lanes)
    }

    func consume() throws -> Lap {
        defer { group.close(within: 5_000) }
        let lanes = group.lanes
        var starts: [PartitionStart] = []
        let end = MachineClock.now() + Self.patience
        while starts.isEmpty {
            guard MachineClock.now() < end else {
                throw CommandFailure(.unreachable, "\(backlog.topic): the broker gave no partitions")
            }
            guard case .assigned(let partitions)? = try group.nextEvent(within: 100) else { continue }
            starts = partitions.sorted().enumerated().map { place, partition in
                PartitionStart(
                    partition: partition, offset: 0, lane: place % lanes.count,
                    assignment: RecordBatch.Assignment(slot: UInt32(place), epoch: 1))
            }
        }
        try group.start(starts)
        let (events, taken) = (backlog.events, Counter())
        return try BenchThreads.run(lanes.count, servers) { thread, ready in
            ready()
            var own = 0
            while taken.value.load(ordering: .relaxed) < events, MachineClock.now() < end {
                let batch = try lanes[thread].receive(limit: Self.records, within: 5)
                own += batch.records.count
                taken.value.add(batch.records.count, ordering: .relaxed)
            }
            return own
        }
    }

    private final class Counter: Sendable {
        let value = Atomic(0)
    }
}
