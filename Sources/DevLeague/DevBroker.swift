import CommandKit
import FreshetCore
import KafkaLink

/// The Kafka of a run: the embedded broker as a child process, or somebody's real one.
final class DevBroker {
    static let partitions = 4
    let bootstrap: String
    private let child: BrokerChild?

    init(startingIn folder: String, retries group: String? = nil) throws {
        let child = try BrokerChild(
            startingIn: folder,
            topics: (Self.topics + Self.retryTopics(group)).map { (name: $0, partitions: Self.partitions) })
        bootstrap = child.bootstrap
        self.child = child
    }

    /// Makes the topic where it isn't there yet.
    init(bootstrap: String) throws {
        self.bootstrap = bootstrap
        child = nil
        let admin = try KafkaAdmin(KafkaSettings(bootstrap: bootstrap))
        // All topics: asking for one by its name makes a broker create it as it likes.
        let there = Set(try admin.cluster().topics.map(\.name))
        for topic in Self.topics where !there.contains(topic) {
            try admin.createTopic(topic, partitions: Self.partitions)
        }
    }

    /// librdkafka's mock answers an empty fetch when its time is over, not when a record arrives.
    var clientSettings: String { child == nil ? "" : "fetch.wait.max.ms: 5" }

    func producer() throws(Fault) -> KafkaProducer {
        var settings = KafkaSettings(bootstrap: bootstrap)
        // Events come one by one: waiting for company would only make each of them late.
        settings.overrides = ["linger.ms": "0"]
        return try KafkaProducer(settings)
    }

    func stop() { child?.stop() }

    private static var topics: [String] { [SeasonPlayer.topic, SeasonPlayer.topic + ".dlq"] }

    private static func retryTopics(_ group: String?) -> [String] {
        group.map { ["\(SeasonPlayer.topic).\($0).retry"] } ?? []
    }
}
