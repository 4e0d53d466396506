import CRdkafka
import Foundation
import FreshetCore

/// One lane's queue of records.
///
/// `@unchecked Sendable` holds because `table` and `nudge` are touched only while `lock` is held, and everything else
/// never changes. One thread receives; the group changes the table while no drain is going on.
package final class KafkaLaneLog: LaneLog, @unchecked Sendable {
    private typealias Messages = UnsafeMutablePointer<UnsafeMutablePointer<rd_kafka_message_t>?>

    /// Records of one batch.
    package static let limit = 65_536
    /// The bell is looked at again after this time at the latest: librdkafka 2.0.2 counts polls to tell a stalled
    /// application from a living one; milliseconds.
    private static let slice = 500
    /// The same while records are known to wait at the brokers; milliseconds.
    private static let starvedSlice = 10

    let queue: KafkaQueue
    private let notices: GroupNotices
    private let doorbell: Doorbell
    private let lock = NSLock()
    private var table = LaneTable()
    private let reader: KafkaReader
    private var nudge: FetchNudge

    init(
        _ handle: KafkaHandle, notices: GroupNotices, reader: KafkaReader, nudge: FetchNudge
    ) throws(Fault) {
        self.reader = reader
        self.nudge = nudge
        queue = KafkaQueue(handle)
        self.notices = notices
        doorbell = try Doorbell()
        doorbell.attach(to: queue)
    }

    deinit { doorbell.detach(from: queue) }

    package var wake: @Sendable () -> Void { { [doorbell] in doorbell.wake() } }

    package func receive(limit: Int, within milliseconds: Int) throws(Fault) -> RecordBatch {
        let limit = max(1, min(limit, Self.limit))
        let deadline = Deadline(milliseconds: milliseconds)
        var patience = Self.starvedSlice
        while true {
            if let batch = drain(limit) { return batch }
            if doorbell.takeWake() || deadline.hasPassed { return Self.empty }
            // A nudge that comes while librdkafka makes up its mind is lost: where records are known to wait, and none
            // comes, it gets another.
            let isStarved = waiting > 0
            let rang = doorbell.wait(deadline.wait(atMost: isStarved ? min(patience, Self.slice) : Self.slice))
            if isStarved && !rang { lock.withLock { nudge.wake() } }
            patience *= 2
        }
    }

    package var bell: Int32 { doorbell.descriptor }

    package func rung(limit: Int) -> RecordBatch {
        doorbell.wait(0)
        return drain(max(1, min(limit, Self.limit))) ?? Self.empty
    }

    package func reachedEnds() -> [(assignment: RecordBatch.Assignment, offset: Int64)] {
        lock.withLock { table.takeEnds() }
    }

    /// The brokers tell the end of a partition with every fetch.
    package var waiting: Int {
        lock.withLock {
            var sum: Int64 = 0
            for entry in table.entries {
                var low: Int64 = 0
                var high: Int64 = 0
                let error = rd_kafka_get_watermark_offsets(
                    queue.handle.pointer, entry.partition.topic, entry.partition.number, &low, &high)
                if error == RD_KAFKA_RESP_ERR_NO_ERROR && high > entry.next { sum += high - entry.next }
            }
            return Int(sum)
        }
    }

    package func records(_ partition: Partition, at offsets: [Int64]) throws(Fault) -> [RecordCopy] {
        try reader.records(partition, at: offsets)
    }

    package func giveBack() { ProcessHeap.trim() }

    private static var empty: RecordBatch { RecordBatch(records: [], headers: { _ in [] }, release: {}) }

    /// Takes what is there; nil where it is nothing. The lock keeps the assignment still meanwhile.
    private func drain(_ limit: Int) -> RecordBatch? {
        lock.lock()
        defer { lock.unlock() }
        let messages = Messages.allocate(capacity: limit)
        let count = rd_kafka_consume_batch_queue(queue.pointer, 0, messages, limit)
        guard count > 0 else {
            messages.deallocate()
            return nil
        }
        let (records, bytes) = stamp(messages, count, &table)
        nudge.drained(count: count, bytes: bytes, remaining: rd_kafka_queue_length(queue.pointer))
        guard !records.isEmpty else {
            messages.deallocate()
            return table.hasEnds ? Self.empty : nil
        }
        return batch(records, messages)
    }

    private func batch(_ records: [RecordBatch.Record], _ messages: Messages) -> RecordBatch {
        let (handle, kept) = (queue.handle, records.count)
        return RecordBatch(
            records: records,
            headers: { KafkaMessage.Pointer(bitPattern: $0).map { KafkaMessage.headers($0) } ?? [] },
            release: {
                // The messages point into the client, so it must outlive them.
                withExtendedLifetime(handle) {
                    for index in 0..<kept { rd_kafka_message_destroy(messages[index]) }
                }
                messages.deallocate()
            })
    }

    /// The records among what was taken, and the bytes of all; the records' messages come first in `messages`.
    ///
    /// The table is borrowed once for all: asked for by each record, its exclusive access would be checked each time.
    private func stamp(
        _ messages: Messages, _ count: Int, _ table: inout LaneTable
    ) -> (records: [RecordBatch.Record], bytes: Int) {
        var records: [RecordBatch.Record] = []
        records.reserveCapacity(count)
        var bytes = 0
        for index in 0..<count {
            guard let message = messages[index] else { continue }
            bytes += message.pointee.len
            if let record = stamp(message, &table) {
                messages[records.count] = message
                records.append(record)
            } else {
                rd_kafka_message_destroy(message)
            }
        }
        return (records, bytes)
    }

    @inline(__always)
    private func stamp(_ message: KafkaMessage.Pointer, _ table: inout LaneTable) -> RecordBatch.Record? {
        let entry = table.find(
            topic: UInt(bitPattern: message.pointee.rkt), number: message.pointee.partition,
            name: { KafkaMessage.topic(message) })
        guard entry >= 0 else { return nil }
        guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
            note(message, entry, &table)
            return nil
        }
        guard let assignment = table.take(entry, offset: message.pointee.offset) else { return nil }
        return RecordBatch.Record(
            assignment: assignment, offset: message.pointee.offset, timestamp: KafkaMessage.timestamp(message),
            key: KafkaMessage.key(message), value: KafkaMessage.value(message), handle: UInt(bitPattern: message))
    }

    /// What stands in a partition's queue beside records.
    private func note(_ message: KafkaMessage.Pointer, _ entry: Int, _ table: inout LaneTable) {
        let partition = table.entries[entry].partition
        switch message.pointee.err {
        case RD_KAFKA_RESP_ERR__PARTITION_EOF: table.reachedEnd(entry, offset: message.pointee.offset)
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            notices.post(.outOfRange(partition))
        case let error:
            let words = KafkaMessage.words(message)
            notices.post(.fault(KafkaFault.make(error, "fetching \(partition)", detail: words)))
        }
    }
}

/// What the group does with a lane, always between `hold` and `release`, so that no record is stamped meanwhile.
extension KafkaLaneLog {
    func hold() { lock.lock() }
    func release() { lock.unlock() }

    func add(_ entry: LaneTable.Entry) { table.add(entry) }
    func remove(_ partition: Partition) { table.remove(partition) }
    func next(_ partition: Partition) -> Int64? { table.next(partition) }
}
