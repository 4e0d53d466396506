import FreshetCore

/// A consumer group as its coordinator describes it.
package struct KafkaGroupDescription: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package var id: String
        package var clientID: String
        package var instanceID: String?
        package var host: String
        package var partitions: [Partition]
    }

    package var name: String
    /// `Stable`, `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Dead` or `Unknown`.
    package var state: String
    /// The assignor that the members agreed on.
    package var assignor: String
    package var coordinator: KafkaCluster.Broker?
    package var members: [Member]
}
