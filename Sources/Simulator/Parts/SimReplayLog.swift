import FreshetCore
import FreshetWorker

/// A replay's own way to the played topic.
final class SimReplayLog: ReplayLog {
    private let world: SimWorld
    private let process: SimProcess
    private var reading: [RecordBatch.Assignment: (partition: Partition, next: Int64)] = [:]

    init(_ world: SimWorld, _ process: SimProcess, _ stretches: [ReplayStretch]) {
        self.world = world
        self.process = process
        for (slot, stretch) in stretches.enumerated() where !stretch.isDone {
            reading[Replayer.assignment(slot)] = (stretch.partition, stretch.from)
        }
    }

    let wake: @Sendable () -> Void = {}
    var waiting: Int { 0 }

    func receive(limit: Int, within milliseconds: Int) async throws(Fault) -> RecordBatch {
        await world.time.sleep(world.latency(1), in: process)
        for (assignment, place) in reading.sorted(by: { $0.key.slot < $1.key.slot }) {
            let number = Int(place.partition.number)
            guard place.next >= world.kafka.lows[number] else {
                throw Fault(.kafka, .kafka(name: "OFFSET_OUT_OF_RANGE", fatal: false), "deleted meanwhile")
            }
            let records = world.kafka.records(number, from: place.next, limit: 1 + world.time.below(4))
            guard let last = records.last else { continue }
            reading[assignment]?.next = last.offset + 1
            return SimLaneLog.batch(records.map { ($0, assignment) })
        }
        return SimLaneLog.batch([])
    }

    func reachedEnds() -> [(assignment: RecordBatch.Assignment, offset: Int64)] {
        reading.compactMap { assignment, place in
            let number = Int(place.partition.number)
            return world.kafka.records(number, from: place.next, limit: 1).isEmpty
                ? (assignment, max(place.next, world.kafka.ends[number])) : nil
        }
    }

    func records(_ partition: Partition, at offsets: [Int64]) async throws(Fault) -> [RecordCopy] { [] }

    func finish(_ assignment: RecordBatch.Assignment) { reading[assignment] = nil }
}
