import CommandKit
import FreshetConfig
import FreshetCore
import FreshetEvents
import KafkaLink
import Wiring

/// What the log and the decoder alone reach with the records of a topic.
struct KafkaLimits {
    let servers: BenchServers
    let graph: Graph

    /// Takes the whole topic through a group and lanes as the worker does, and then decodes what was taken.
    func consumeAndDecode(_ bench: BenchCase, events: Int, lap number: Int) async throws -> (consume: Lap, decode: Lap)
    {
        let group = try KafkaGroup(
            servers.broker.settings(group: "limit-\(bench.topic)-\(number)"), topics: [bench.topic], lanes: bench.lanes)
        defer { group.close(within: 5_000) }
        var starts: [PartitionStart] = []
        while starts.isEmpty {
            guard case .assigned(let partitions)? = try group.nextEvent(within: 100) else { continue }
            starts = partitions.sorted().enumerated().map { place, partition in
                PartitionStart(
                    partition: partition, offset: 0, lane: place % bench.lanes,
                    assignment: RecordBatch.Assignment(slot: UInt32(place), epoch: 1))
            }
        }
        let watch = Stopwatch(servers)
        try group.start(starts)
        var batches: [RecordBatch] = []
        var taken = 0
        // One thread asks the lanes in turn: what it takes was fetched by librdkafka's own threads.
        while taken < events {
            for lane in group.lanes {
                let batch = try lane.receive(limit: KafkaLaneLog.limit, within: 5)
                taken += batch.records.count
                if !batch.records.isEmpty { batches.append(batch) }
            }
        }
        let consume = watch.lap(taken)
        return (consume, try decode(batches, taken))
    }

    private func decode(_ batches: [RecordBatch], _ count: Int) throws -> Lap {
        let decoder = EventDecoder(graph: graph)
        var buffer = ChangeBuffer()
        var changes = 0
        let watch = Stopwatch(servers)
        for batch in batches {
            for index in batch.records.indices {
                buffer.changes.removeAll(keepingCapacity: true)
                if case .changes = decoder.decode(batch, index, topic: 0, into: &buffer) {
                    changes += buffer.changes.count
                }
            }
        }
        let lap = watch.lap(count)
        guard changes == count else {
            throw CommandFailure(.fatal, "\(count) events of the benchmark were decoded as \(changes) changes")
        }
        return lap
    }
}
