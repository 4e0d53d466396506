import FreshetConfig
import FreshetCore
import KafkaLink

/// What the brokers say of one topic, judged.
struct TopicFacts {
    let topic: KafkaCluster.Topic
    let brokers: Int
    let bootstrap: String
    /// nil where the brokers don't tell.
    var configuration: [String: String]?

    /// Bytes of a record that our producer sends at most.
    let producerBound: Int64

    init(topic: KafkaCluster.Topic, brokers: Int, kafka: KafkaSettings) {
        self.topic = topic
        self.brokers = brokers
        bootstrap = kafka.bootstrap
        producerBound = kafka.overrides["message.max.bytes"].flatMap { Int64($0) } ?? 1_000_000
    }

    /// By so many bytes the brokers' default is over librdkafka's and over ours.
    private static let usualExcess: Int64 = 50_000

    private func number(_ name: String) -> Int64? { configuration?[name].flatMap { Int64($0) } }

    private var policy: String { configuration?["cleanup.policy"] ?? "delete" }

    /// A topic of the graph.
    func source(_ declared: Topic, outage: Int64, usesFields: Bool) -> [Check] {
        let name = "kafka.topic \(topic.name)"
        var checks = common(name)
        guard configuration != nil else {
            checks.append(.ok("kafka.retention \(topic.name)", "these brokers don't tell a topic's settings"))
            return checks
        }
        checks.append(retention(outage))
        if policy.contains("compact"), usesFields {
            checks.append(
                .warning(
                    "kafka.compaction \(topic.name)",
                    "compacted, and an edge of the graph reads a field of its records: those that are compacted away "
                        + "can't tell their parents any more", "resolve the edge by `sql`, or set cleanup.policy=delete"
                ))
        }
        if let bound = number("max.message.bytes"), bound > Int64(declared.maxRecordSize) + Self.usualExcess {
            checks.append(
                .warning(
                    "kafka.record-size \(topic.name)",
                    "the brokers take records of \(bound) bytes, the graph up to \(declared.maxRecordSize): larger "
                        + "ones are dead-lettered as too-large",
                    "raise `max-record-size` of the topic in the graph, or lower max.message.bytes"))
        }
        return checks
    }

    private func common(_ name: String) -> [Check] {
        var checks: [Check] = []
        if !topic.leaderless.isEmpty {
            let list = topic.leaderless.map { "\($0)" }.joined(separator: ", ")
            checks.append(
                .error(name, "partitions \(list) have no leader: nothing can be read from them", "are all brokers up?"))
        } else if topic.replicas < 2, brokers > 1 {
            checks.append(
                .warning(
                    name,
                    "\(topic.partitions) partitions with one copy each: a broker that is lost takes records along",
                    "give it more replicas with kafka-reassign-partitions.sh"))
        } else {
            checks.append(.ok(name, "\(topic.partitions) partitions, \(topic.replicas) copies"))
        }
        return checks
    }

    /// Compaction alone keeps the last record of each key for ever.
    private func retention(_ outage: Int64) -> Check {
        let name = "kafka.retention \(topic.name)"
        guard policy.contains("delete") else { return .ok(name, "by key (\(policy))") }
        let time = number("retention.ms") ?? -1
        let words = time < 0 ? "for ever" : Units.write(duration: time)
        if time >= 0, time < outage {
            return .warning(
                name,
                "\(words), and workers may be away for \(Units.write(duration: outage)) (`doctor.longest-outage`): "
                    + "what they miss is invalidated, which empties the cache", setting("retention.ms", "\(outage * 2)")
            )
        }
        if let size = number("retention.bytes"), size >= 0 {
            return .ok(name, "\(words), but no more than \(size) bytes of each partition")
        }
        return .ok(name, words)
    }

    /// How long records must stay in a topic.
    enum Stay {
        /// They keep the timestamp of the record that they stand for.
        case forEver
        /// They carry the time at which they were written; milliseconds.
        case atLeast(Int64)
    }

    /// A dead-letter or retry topic of `source`.
    func side(_ name: String, of source: TopicFacts, _ stay: Stay) -> [Check] {
        var checks = common(name)
        if topic.partitions < source.topic.partitions {
            checks.append(
                .error(
                    name,
                    "\(topic.partitions) partitions, and \(source.topic.name) has \(source.topic.partitions): letters "
                        + "go to the partition of their record",
                    "kafka-topics.sh --bootstrap-server \(bootstrap) --alter --topic \(topic.name) --partitions "
                        + "\(source.topic.partitions)"))
        }
        guard configuration != nil else { return checks }
        checks += kept(name, stay)
        if policy.contains("compact") {
            checks.append(
                .error(
                    name, "compacted: of two letters with one key the older goes", setting("cleanup.policy", "delete")))
        }
        if let bound = number("max.message.bytes"), let theirs = source.number("max.message.bytes"), bound < theirs {
            checks.append(
                .warning(
                    name,
                    "it takes \(bound) bytes a record, \(source.topic.name) takes \(theirs): a large record can't "
                        + "be put aside", setting("max.message.bytes", "\(theirs + 65_536)")))
        } else if let theirs = source.number("max.message.bytes"), theirs > producerBound + Self.usualExcess {
            checks.append(
                .warning(
                    name,
                    "records of \(source.topic.name) may have \(theirs) bytes, and librdkafka sends up to "
                        + "\(producerBound)", "set `message.max.bytes` below `kafka.settings`"))
        }
        return checks
    }

    private func kept(_ name: String, _ stay: Stay) -> [Check] {
        guard policy.contains("delete"), let time = number("retention.ms"), time >= 0 else { return [] }
        let words = "records are removed after \(Units.write(duration: time))"
        switch stay {
        case .forEver:
            return [
                .error(
                    name,
                    "\(words): letters keep their record's timestamp, so that of an old record is removed at once",
                    setting("retention.ms", "-1"))
            ]
        case .atLeast(let needed):
            guard time < needed else { return [] }
            return [
                .error(
                    name,
                    "\(words), and one that is tried again may have to stay for \(Units.write(duration: needed)) "
                        + "(`doctor.longest-outage` and `worker.retry`)", setting("retention.ms", "\(needed * 2)"))
            ]
        }
    }

    /// The line that makes a topic beside this one.
    func creation(of name: String) -> String {
        "kafka-topics.sh --bootstrap-server \(bootstrap) --create --topic \(name) --partitions \(topic.partitions) "
            + "--replication-factor \(max(1, topic.replicas)) --config retention.ms=-1"
    }

    private func setting(_ name: String, _ value: String) -> String {
        "kafka-configs.sh --bootstrap-server \(bootstrap) --alter --entity-type topics --entity-name \(topic.name) "
            + "--add-config \(name)=\(value)"
    }
}
