/// Everything that a client of Kafka is told, as plain values.
package struct KafkaSettings: Hashable, Sendable {
    package enum GroupProtocol: String, Hashable, Sendable, CaseIterable {
        case range
        case roundrobin
        /// Opt-in: librdkafka 2.0.2 can lose an assignment or hang in it.
        case cooperativeSticky = "cooperative-sticky"
    }

    /// How much is fetched ahead of the lanes. A bound on memory: each lane's queue holds at most about `queueSize`,
    /// overshot by one fetch answer per partition, because librdkafka looks before it fetches.
    package struct Prefetch: Hashable, Sendable {
        /// KiB per lane's queue.
        package var queueSize: Int
        /// Records per lane's queue from which on nothing more is fetched.
        package var queueRecords: Int
        /// Bytes of one partition in one fetch answer.
        package var partitionBytes: Int
        /// Bytes of one fetch answer, as they are sent: compressed ones may hold ten times as much. With many
        /// partitions all of it may be one lane's, beyond what its queue holds already.
        package var answerBytes: Int
        /// How long a broker may hold an empty fetch; milliseconds.
        package var wait: Int

        package init(
            queueSize: Int = 16_384, queueRecords: Int = 20_000, partitionBytes: Int = 262_144,
            answerBytes: Int = 393_216, wait: Int = 500
        ) {
            self.queueSize = queueSize
            self.queueRecords = queueRecords
            self.partitionBytes = partitionBytes
            self.answerBytes = answerBytes
            self.wait = wait
        }
    }

    /// `host:port`, separated by commas.
    package var bootstrap: String
    package var group = "freshet"
    package var clientID = "freshet"
    /// Static membership: a worker that restarts within the session time-out keeps its partitions.
    package var groupInstanceID: String?
    package var groupProtocol = GroupProtocol.range
    /// Milliseconds.
    package var sessionTimeout = 45_000
    /// Milliseconds.
    package var maxPollInterval = 300_000
    /// Bound on every single question to the brokers; milliseconds.
    package var requestTimeout = 10_000
    /// Bound on the delivery of a letter, retries included; milliseconds.
    package var deliveryTimeout = 30_000
    package var checkCRCs = true
    package var prefetch = Prefetch()
    package var security = KafkaSecurity()
    /// librdkafka's own settings by their own names, applied last.
    package var overrides: [String: String] = [:]

    package init(bootstrap: String, group: String = "freshet") {
        self.bootstrap = bootstrap
        self.group = group
    }
}
