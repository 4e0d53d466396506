import CRdkafka
import FreshetCore

/// A Kafka cluster inside this process: librdkafka's mock, which listens on free loopback ports and answers in
/// milliseconds. For `freshet dev` and tests.
///
/// Its limits: no admin requests (create topics with `createTopic`), no offsets for times, no deletion of records, no
/// compaction, transactions' visibility, static membership, SASL or TLS. It keeps 5 MiB or 100,000 batches per
/// partition and drops the oldest. A first join takes 3 to 4 seconds. Members whose first assignors differ abort its
/// process, so it is best kept in a process of its own (`EmbeddedBroker`).
package final class KafkaMock: Sendable {
    private let handle: KafkaHandle
    /// The mock takes commands from any thread; this field never changes.
    nonisolated(unsafe) private let cluster: OpaquePointer
    package let bootstrap: String
    package let brokers: Int

    package init(brokers: Int = 1) throws(Fault) {
        let brokers = max(1, min(brokers, 16))
        let handle = try KafkaHandle(
            RD_KAFKA_PRODUCER, pairs: [("log_level", "0"), ("client.id", "freshet-mock")], events: 0)
        guard let cluster = rd_kafka_mock_cluster_new(handle.pointer, Int32(brokers)),
            let text = rd_kafka_mock_cluster_bootstraps(cluster)
        else { throw KafkaFault.make(RD_KAFKA_RESP_ERR__FAIL, "mock cluster", fatal: true) }
        self.handle = handle
        self.cluster = cluster
        self.brokers = brokers
        bootstrap = String(cString: text)
    }

    deinit { rd_kafka_mock_cluster_destroy(cluster) }

    package func createTopic(_ name: String, partitions: Int, replicas: Int = 1) throws(Fault) {
        let error = rd_kafka_mock_topic_create(cluster, name, Int32(partitions), Int32(min(replicas, brokers)))
        try KafkaFault.check(error, "create topic \(name)")
    }

    /// The next requests with this API key of Kafka's protocol (0 Produce, 1 Fetch, 2 ListOffsets, 8 OffsetCommit, 9
    /// OffsetFetch, 10 FindCoordinator, 11 JoinGroup, 12 Heartbeat …) are answered with these error codes, one each;
    /// -195 (`_TRANSPORT`) drops the connection.
    package func failRequests(_ key: Int16, with codes: [Int32]) {
        let errors = codes.map { rd_kafka_resp_err_t(rawValue: $0) }
        rd_kafka_mock_push_request_errors_array(cluster, key, errors.count, errors)
    }

    package func clearFailures(_ key: Int16) { rd_kafka_mock_clear_request_errors(cluster, key) }

    /// Broker -1 is all of them. No leader moves by itself.
    package func takeDown(_ broker: Int32) throws(Fault) {
        try KafkaFault.check(rd_kafka_mock_broker_set_down(cluster, broker), "take down broker \(broker)")
    }

    package func bringUp(_ broker: Int32) throws(Fault) {
        try KafkaFault.check(rd_kafka_mock_broker_set_up(cluster, broker), "bring up broker \(broker)")
    }

    package func setRoundTrip(_ broker: Int32, milliseconds: Int) throws(Fault) {
        try KafkaFault.check(
            rd_kafka_mock_broker_set_rtt(cluster, broker, Int32(milliseconds)), "round trip of broker \(broker)")
    }

    /// Broker -1 leaves the partition without a leader.
    package func setLeader(_ partition: Partition, broker: Int32) throws(Fault) {
        try KafkaFault.check(
            rd_kafka_mock_partition_set_leader(cluster, partition.topic, partition.number, broker),
            "leader of \(partition)")
    }

    package func setCoordinator(group: String, broker: Int32) throws(Fault) {
        try KafkaFault.check(
            rd_kafka_mock_coordinator_set(cluster, "group", group, broker), "coordinator of \(group)")
    }
}
