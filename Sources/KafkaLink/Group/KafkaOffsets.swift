import CRdkafka
import FreshetCore

/// Questions about offsets, and commits: each with a deadline of its own.
package final class KafkaOffsets {
    private let handle: KafkaHandle
    private let settings: KafkaSettings
    let reader: KafkaReader

    init(_ handle: KafkaHandle, settings: KafkaSettings) {
        reader = KafkaReader(settings)
        self.handle = handle
        self.settings = settings
    }

    func commit(_ offsets: [Partition: Int64]) throws(Fault) {
        guard !offsets.isEmpty else { return }
        let queue = KafkaQueue(handle)
        let list = PartitionList(offsets)
        let what = "commit of \(offsets.count) offsets for group \(settings.group)"
        try KafkaFault.check(rd_kafka_commit_queue(handle.pointer, list.pointer, queue.pointer, nil, nil), what)
        let deadline = Deadline(milliseconds: settings.requestTimeout)
        while !deadline.hasPassed {
            let answer = queue.poll(deadline.wait(atMost: 1_000)) { event in
                rd_kafka_event_type(event) == RD_KAFKA_EVENT_OFFSET_COMMIT ? Self.outcome(event, what) : nil
            }
            if let outcome = answer ?? nil { return try outcome.get() }
        }
        throw KafkaFault.timeout(what, milliseconds: settings.requestTimeout)
    }

    private static func outcome(_ event: OpaquePointer, _ what: String) -> Result<Void, Fault> {
        let error = rd_kafka_event_error(event)
        if error != RD_KAFKA_RESP_ERR_NO_ERROR { return .failure(KafkaFault.make(error, what)) }
        let elements = PartitionList.elements(rd_kafka_event_topic_partition_list(event))
        guard let bad = elements.first(where: { $0.error != RD_KAFKA_RESP_ERR_NO_ERROR }) else { return .success(()) }
        return .failure(KafkaFault.make(bad.error, "\(what): \(bad.partition)"))
    }

    func committed(_ partitions: [Partition]) throws(Fault) -> [Partition: Int64] {
        guard !partitions.isEmpty else { return [:] }
        let list = PartitionList(partitions)
        let what = "committed offsets of group \(settings.group)"
        let timeout = Int32(clamping: settings.requestTimeout)
        try KafkaFault.check(rd_kafka_committed(handle.pointer, list.pointer, timeout), what)
        var offsets: [Partition: Int64] = [:]
        for element in list.elements {
            try KafkaFault.check(element.error, "\(what): \(element.partition)")
            if element.offset >= 0 { offsets[element.partition] = element.offset }
        }
        return offsets
    }

    /// `rd_kafka_query_watermark_offsets` ignores its time-out (#4460) and sticks to an old leader (#4225) in this
    /// version; the same two questions asked as times are bounded, and go out once for all partitions of a broker.
    func watermarks(_ partitions: [Partition]) throws(Fault) -> [Partition: (low: Int64, high: Int64)] {
        let lows = try look(partitions, Int64(RD_KAFKA_OFFSET_BEGINNING))
        let highs = try look(partitions, Int64(RD_KAFKA_OFFSET_END))
        var result: [Partition: (low: Int64, high: Int64)] = [:]
        for (partition, low) in lows { result[partition] = (low, max(low, highs[partition] ?? low)) }
        return result
    }

    func offset(_ partition: Partition, at timestamp: Int64) throws(Fault) -> Int64 {
        for time in [max(0, timestamp), Int64(RD_KAFKA_OFFSET_END)] {
            if let offset = try look([partition], time)[partition], offset >= 0 { return offset }
        }
        throw KafkaFault.make(RD_KAFKA_RESP_ERR__NO_OFFSET, "offsets of \(partition)")
    }

    private func look(_ partitions: [Partition], _ time: Int64) throws(Fault) -> [Partition: Int64] {
        guard !partitions.isEmpty else { return [:] }
        let list = PartitionList(Dictionary(uniqueKeysWithValues: partitions.map { ($0, time) }))
        let what = partitions.count == 1 ? "offsets of \(partitions[0])" : "offsets of \(partitions.count) partitions"
        let timeout = Int32(clamping: settings.requestTimeout)
        try KafkaFault.check(rd_kafka_offsets_for_times(handle.pointer, list.pointer, timeout), what)
        var result: [Partition: Int64] = [:]
        for element in list.elements {
            try KafkaFault.check(element.error, "offsets of \(element.partition)")
            result[element.partition] = element.offset
        }
        return result
    }

    func record(_ partition: Partition, at offset: Int64) throws(Fault) -> RecordCopy? {
        try reader.records(partition, at: [offset]).first
    }

    func records(at offsets: [Partition: Int64]) throws(Fault) -> [Partition: RecordCopy] {
        try reader.records(at: offsets)
    }
}
