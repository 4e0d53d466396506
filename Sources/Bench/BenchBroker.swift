import CommandKit
import DevLeague
import FreshetCore
import Glibc
import KafkaLink

/// The Kafka of a measurement: the embedded one, one that a kit's scripts start, or somebody's own.
final class BenchBroker {
    let bootstrap: String
    let name: String
    let isEmbedded: Bool
    /// Where it runs here for this measurement alone: its CPU time is part of the account.
    let pid: pid_t?
    private let end: () -> Void

    init(
        _ wish: String, kit: String?, folder: String, settings: [String] = [], topics: [(name: String, partitions: Int)]
    ) throws {
        switch wish {
        case "embedded":
            let child = try BrokerChild(startingIn: folder, topics: topics)
            (bootstrap, name, isEmbedded, end) = (child.bootstrap, "the embedded broker", true, child.stop)
            pid = child.pid
            return
        case "kit":
            guard let kit else {
                throw CommandFailure(.usage, "--kafka kit: set FRESHET_TEST_KAFKA_KIT to a folder with kafka-up.")
            }
            let server = try KafkaKit(scripts: kit, run: "\(folder)/kafka", settings: settings)
            pid = server.pid
            (bootstrap, name, isEmbedded, end) = (
                server.bootstrap, "Apache Kafka (started here)", false, { server.down(isKill: true) }
            )
        default:
            (bootstrap, name, isEmbedded) = (wish, "Kafka at \(wish)", false)
            pid = nil
            end = { [topics] in
                // Best effort: somebody's broker shall not collect our topics.
                for topic in topics { _ = try? KafkaAdmin(KafkaSettings(bootstrap: wish)).deleteTopic(topic.name) }
            }
        }
        let admin = try KafkaAdmin(KafkaSettings(bootstrap: bootstrap))
        for topic in topics {
            try admin.createTopic(topic.name, partitions: topic.partitions)
            try admin.awaitTopic(topic.name)
        }
    }

    func settings(group: String = "bench") -> KafkaSettings {
        var settings = KafkaSettings(bootstrap: bootstrap, group: group)
        // librdkafka's mock answers an empty fetch when its time is over, not when a record arrives.
        if isEmbedded { settings.overrides["fetch.wait.max.ms"] = "5" }
        return settings
    }

    func stop() { end() }
}
