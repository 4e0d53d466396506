/// What a cluster says of itself.
package struct KafkaCluster: Hashable, Sendable {
    package struct Broker: Hashable, Sendable {
        package var id: Int32
        package var host: String
        package var port: Int
    }

    /// nil where the brokers give none.
    package var id: String?
    package var controller: Int32?
    package var brokers: [Broker]
    package var topics: [Topic]

    /// librdkafka's mock names itself.
    package var isEmbedded: Bool { id?.hasPrefix("mockCluster") ?? true }

    package struct Topic: Hashable, Sendable {
        package var name: String
        package var partitions: Int
        package var replicas: Int
        /// Partitions without a leader: nothing can be read from or written to them now.
        package var leaderless: [Int32]
        /// librdkafka's name of what is wrong with it (`TOPIC_AUTHORIZATION_FAILED` …); nil where nothing is.
        package var error: String?

        package init(name: String, partitions: Int, replicas: Int, leaderless: [Int32], error: String?) {
            self.name = name
            self.partitions = partitions
            self.replicas = replicas
            self.leaderless = leaderless
            self.error = error
        }
    }
}
