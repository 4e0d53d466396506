import CRdkafka
import FreshetCore

/// Questions and orders of the commands. Each call is bounded by `settings.requestTimeout`. Used by one thread.
package final class KafkaAdmin {
    let handle: KafkaHandle
    package let settings: KafkaSettings
    private let offsets: KafkaOffsets

    package init(_ settings: KafkaSettings) throws(Fault) {
        self.settings = settings
        // A producer that asks for a topic by its name makes the brokers create it, with their own defaults.
        handle = try KafkaHandle(
            RD_KAFKA_CONSUMER, pairs: try settings.withOverrides(settings.commonPairs), events: RD_KAFKA_EVENT_LOG)
        offsets = KafkaOffsets(handle, settings: settings)
    }

    private var timeout: Int32 { Int32(clamping: settings.requestTimeout) }

    /// Brokers and topics (one, or all); a fault where no broker can be reached.
    package func cluster(topic: String? = nil) throws(Fault) -> KafkaCluster {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        var only: OpaquePointer?
        if let topic { only = rd_kafka_topic_new(handle.pointer, topic, nil) }
        defer { if let only { rd_kafka_topic_destroy(only) } }
        let error = rd_kafka_metadata(handle.pointer, only == nil ? 1 : 0, only, &metadata, timeout)
        try KafkaFault.check(error, "metadata from \(settings.bootstrap)")
        guard let metadata else { throw KafkaFault.make(RD_KAFKA_RESP_ERR__FAIL, "metadata") }
        defer { rd_kafka_metadata_destroy(metadata) }
        let brokers = (0..<Int(metadata.pointee.broker_cnt)).map { index in
            let broker = metadata.pointee.brokers[index]
            return KafkaCluster.Broker(id: broker.id, host: String(cString: broker.host), port: Int(broker.port))
        }
        let topics = (0..<Int(metadata.pointee.topic_cnt)).map { Self.topic(metadata.pointee.topics[$0]) }
        let controller = rd_kafka_controllerid(handle.pointer, 0)
        return KafkaCluster(
            id: clusterID(), controller: controller < 0 ? nil : controller, brokers: brokers.sorted { $0.id < $1.id },
            topics: topics.sorted { $0.name < $1.name })
    }

    private func clusterID() -> String? {
        guard let text = rd_kafka_clusterid(handle.pointer, 0) else { return nil }
        defer { rd_kafka_mem_free(handle.pointer, text) }
        return String(cString: text)
    }

    private static func topic(_ topic: rd_kafka_metadata_topic_t) -> KafkaCluster.Topic {
        let partitions = (0..<Int(topic.partition_cnt)).map { topic.partitions[$0] }
        return KafkaCluster.Topic(
            name: String(cString: topic.topic), partitions: partitions.count,
            replicas: partitions.map { Int($0.replica_cnt) }.min() ?? 0,
            leaderless: partitions.filter { $0.leader < 0 }.map(\.id).sorted(),
            error: topic.err == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaFault.name(topic.err))
    }

    /// The partitions of a topic; empty where it doesn't exist.
    package func partitions(of topic: String) throws(Fault) -> [Partition] {
        let found = try cluster(topic: topic).topics.first { $0.name == topic }
        guard let found, found.error == nil else { return [] }
        return (0..<Int32(found.partitions)).map { Partition(topic: topic, number: $0) }
    }

    package func createTopic(
        _ name: String, partitions: Int, replicas: Int = -1, configuration: [String: String] = [:]
    ) throws(Fault) {
        var words = [CChar](repeating: 0, count: 256)
        guard
            let topic = rd_kafka_NewTopic_new(
                name, Int32(clamping: partitions), Int32(clamping: replicas), &words, words.count)
        else {
            let text = String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw KafkaFault.make(RD_KAFKA_RESP_ERR__INVALID_ARG, "create topic \(name)", detail: text)
        }
        defer { rd_kafka_NewTopic_destroy(topic) }
        for (key, value) in configuration.sorted(by: { $0.key < $1.key }) {
            try KafkaFault.check(rd_kafka_NewTopic_set_config(topic, key, value), "create topic \(name): \(key)")
        }
        var topics: [OpaquePointer?] = [topic]
        try ask("create topic \(name)", RD_KAFKA_ADMIN_OP_CREATETOPICS) { options, queue in
            rd_kafka_CreateTopics(handle.pointer, &topics, 1, options, queue)
        } read: { event in
            var count = 0
            let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
            return Self.failure(results, count, "create topic \(name)")
        }
    }

    package func deleteTopic(_ name: String) throws(Fault) {
        var topics: [OpaquePointer?] = [rd_kafka_DeleteTopic_new(name)]
        defer { rd_kafka_DeleteTopic_destroy_array(&topics, 1) }
        try ask("delete topic \(name)", RD_KAFKA_ADMIN_OP_DELETETOPICS) { options, queue in
            rd_kafka_DeleteTopics(handle.pointer, &topics, 1, options, queue)
        } read: { event in
            var count = 0
            let results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count)
            return Self.failure(results, count, "delete topic \(name)")
        }
    }

    /// More partitions for a topic that has fewer.
    package func createPartitions(of name: String, total: Int) throws(Fault) {
        var words = [CChar](repeating: 0, count: 256)
        guard let order = rd_kafka_NewPartitions_new(name, total, &words, words.count) else {
            throw KafkaFault.make(RD_KAFKA_RESP_ERR__INVALID_ARG, "create partitions of \(name)")
        }
        defer { rd_kafka_NewPartitions_destroy(order) }
        var orders: [OpaquePointer?] = [order]
        try ask("create partitions of \(name)", RD_KAFKA_ADMIN_OP_CREATEPARTITIONS) { options, queue in
            rd_kafka_CreatePartitions(handle.pointer, &orders, 1, options, queue)
        } read: { event in
            var count = 0
            let results = rd_kafka_CreatePartitions_result_topics(
                rd_kafka_event_CreatePartitions_result(event), &count)
            return Self.failure(results, count, "create partitions of \(name)")
        }
    }

    /// Deletes what lies before these offsets.
    package func deleteRecords(before offsets: [Partition: Int64]) throws(Fault) {
        let list = PartitionList(offsets)
        var orders: [OpaquePointer?] = [rd_kafka_DeleteRecords_new(list.pointer)]
        defer { rd_kafka_DeleteRecords_destroy_array(&orders, 1) }
        try ask("delete records", RD_KAFKA_ADMIN_OP_DELETERECORDS) { options, queue in
            rd_kafka_DeleteRecords(handle.pointer, &orders, 1, options, queue)
        } read: { event in
            let result = rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event))
            return Self.failure(PartitionList.elements(result), "delete records")
        }
    }

    package func watermarks(_ partition: Partition) throws(Fault) -> (low: Int64, high: Int64) {
        try offsets.watermarks([partition])[partition] ?? (0, 0)
    }

    /// Low and high watermarks of all of them, in two questions to each broker.
    package func watermarks(_ partitions: [Partition]) throws(Fault) -> [Partition: (low: Int64, high: Int64)] {
        try offsets.watermarks(partitions)
    }

    /// The first offset whose record has this timestamp or a later one; the end where there is none.
    package func offset(_ partition: Partition, at timestamp: Int64) throws(Fault) -> Int64 {
        try offsets.offset(partition, at: timestamp)
    }

    package func record(_ partition: Partition, at offset: Int64) throws(Fault) -> RecordCopy? {
        try offsets.record(partition, at: offset)
    }

    /// Of each partition the record at exactly this offset; absent where it no longer exists.
    package func records(at offsets: [Partition: Int64]) throws(Fault) -> [Partition: RecordCopy] {
        try self.offsets.records(at: offsets)
    }
}

extension KafkaAdmin {
    /// Asks, waits for the answer within the bound, and reads it; `read` gives the fault that the answer speaks of.
    func ask(
        _ what: String, _ operation: rd_kafka_admin_op_t, _ send: (OpaquePointer?, OpaquePointer) -> Void,
        read: (OpaquePointer) -> Fault?
    ) throws(Fault) {
        let queue = KafkaQueue(handle)
        let options = rd_kafka_AdminOptions_new(handle.pointer, operation)
        defer { rd_kafka_AdminOptions_destroy(options) }
        var words = [CChar](repeating: 0, count: 128)
        rd_kafka_AdminOptions_set_request_timeout(
            options, Int32(clamping: settings.requestTimeout), &words, words.count)
        send(options, queue.pointer)
        // A second more than librdkafka's own bound, so that its reason is told.
        let deadline = Deadline(milliseconds: settings.requestTimeout + 1_000)
        while !deadline.hasPassed {
            let answer: Result<Void, Fault>? = queue.poll(deadline.wait(atMost: 1_000)) { event in
                let error = rd_kafka_event_error(event)
                if error != RD_KAFKA_RESP_ERR_NO_ERROR {
                    let words = rd_kafka_event_error_string(event).map { String(cString: $0) }
                    return .failure(KafkaFault.make(error, what, detail: words))
                }
                return read(event).map { .failure($0) } ?? .success(())
            }
            if let answer { return try answer.get() }
        }
        throw KafkaFault.timeout(what, milliseconds: settings.requestTimeout)
    }

    static func failure(
        _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, _ what: String
    ) -> Fault? {
        for index in 0..<count {
            guard let result = results?[index] else { continue }
            let error = rd_kafka_topic_result_error(result)
            guard error != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            let words = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
            return KafkaFault.make(error, what, detail: words)
        }
        return nil
    }

    static func failure(_ elements: [PartitionList.Element], _ what: String) -> Fault? {
        elements.first { $0.error != RD_KAFKA_RESP_ERR_NO_ERROR }
            .map { KafkaFault.make($0.error, "\(what): \($0.partition)") }
    }
}
