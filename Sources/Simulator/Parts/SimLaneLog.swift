import FreshetCore

/// A lane's queue in the played consumer.
final class SimLaneLog: LaneLog {
    private let consumer: SimConsumer
    private let lane: Int

    init(_ consumer: SimConsumer, lane: Int) {
        self.consumer = consumer
        self.lane = lane
    }

    let wake: @Sendable () -> Void = {}
    /// Nobody waits for it: whoever plays a server looks at what has come.
    let bell: Int32 = 0

    func receive(limit: Int, within milliseconds: Int) async throws(Fault) -> RecordBatch {
        let time = consumer.world.time
        let deadline = time.now + UInt64(milliseconds) * 1_000_000
        while true {
            guard consumer.process.isAlive else { throw SimProcess.dead }
            let taken = consumer.take(lane: lane, limit: limit)
            if !taken.isEmpty || time.now >= deadline {
                let assignments = consumer.assignments
                // Handed out, and then it takes a while until the lane looks at it.
                await time.sleep(consumer.world.latency(1), in: consumer.process)
                guard consumer.process.isAlive else { throw SimProcess.dead }
                await consumer.world.ambush(.afterReceive, consumer.process)
                guard consumer.process.isAlive else { throw SimProcess.dead }
                let stamps = consumer.world.plan.defences.contains(.epoch)
                return Self.batch(stamps ? taken : consumer.stampAgain(taken, assignments))
            }
            await time.sleep(consumer.world.pollInterval(3_000_000), in: consumer.process)
        }
    }

    func reachedEnds() -> [(assignment: RecordBatch.Assignment, offset: Int64)] { consumer.reachedEnds(lane: lane) }

    var waiting: Int { consumer.waiting(lane: lane) }

    func records(_ partition: Partition, at offsets: [Int64]) async throws(Fault) -> [RecordCopy] {
        offsets.sorted().compactMap { consumer.world.copy(partition, at: $0) }
    }

    /// Copies into memory of its own, as librdkafka's messages would be.
    static func batch(
        _ taken: [(record: SimKafka.Record, assignment: RecordBatch.Assignment)]
    ) -> RecordBatch {
        let size = taken.reduce(0) { $0 + $1.record.key.count + ($1.record.value?.count ?? 0) }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: 1)
        var used = 0
        func keep(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
            let part = UnsafeMutableRawBufferPointer(rebasing: memory[used..<used + bytes.count])
            part.copyBytes(from: bytes)
            used += bytes.count
            return UnsafeRawBufferPointer(part)
        }
        let records = taken.map { record, assignment in
            RecordBatch.Record(
                assignment: assignment, offset: record.offset, timestamp: record.timestamp, key: keep(record.key),
                value: record.value.map(keep), handle: 0)
        }
        return RecordBatch(records: records, headers: { _ in [] }, release: { memory.deallocate() })
    }
}

final class SimLetterBox: LetterBox {
    private let world: SimWorld
    private let process: SimProcess

    init(_ world: SimWorld, _ process: SimProcess) {
        self.world = world
        self.process = process
    }

    func send(_ letters: [Letter]) async throws(Fault) {
        await world.time.sleep(world.latency(1), in: process)
        guard process.isAlive else { throw SimProcess.dead }
        guard world.plan.defences.contains(.letterFirst) else {
            // Handed to a producer, and not waited for: what it still holds dies with the process.
            world.time.schedule(after: UInt64(world.time.below(100_000_000))) { [world, process] in
                if process.isAlive { world.kafka.send(letters) }
            }
            return
        }
        world.kafka.send(letters)
        await world.time.sleep(world.latency(1), in: process)
        guard process.isAlive else { throw SimProcess.dead }
    }
}
