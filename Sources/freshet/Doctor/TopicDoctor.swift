import CommandKit
import FreshetConfig
import FreshetCore
import KafkaLink
import Wiring

/// One topic of the graph, with its dead-letter and retry topics.
struct TopicDoctor {
    let deployment: Deployment
    let admin: KafkaAdmin
    let cluster: KafkaCluster

    private var bootstrap: String { deployment.settings.kafka.bootstrap }

    /// Its partitions, with those of its retry topic.
    func examine(_ topic: Topic, _ found: inout Diagnosis) -> Int {
        let name = "kafka.topic \(topic.name)"
        do throws(Fault) {
            guard let seen = try look(topic.name) else {
                found.fail(
                    name, "it doesn't exist: nothing is consumed until it is created",
                    "kafka-topics.sh --bootstrap-server \(bootstrap) --create --topic \(topic.name) --partitions N")
                return 0
            }
            if let error = seen.error {
                found.fail(name, "the brokers refuse it: \(error)", acl(topic.name, "Read", "Describe"))
                return 0
            }
            var facts = TopicFacts(topic: seen, brokers: cluster.brokers.count, kafka: admin.settings)
            if !cluster.isEmbedded { facts.configuration = try? admin.configuration(of: topic.name) }
            found.checks += facts.source(
                topic, outage: Int64(deployment.settings.longestOutage),
                usesFields: deployment.graph.graph.resolvesByField(topic))
            read(seen, &found)
            _ = try side(
                "dead-letter", deployment.deadLetterTopic(of: topic.name), deployment.settings.deadLetterTopic.create,
                facts, .forEver, &found)
            guard deployment.settings.worker.retry.rounds > 0 else { return seen.partitions }
            return seen.partitions
                + (try side(
                    "retry", deployment.retryTopic(of: topic.name), deployment.settings.retryTopic.create, facts,
                    .atLeast(longestStay), &found))
        } catch {
            found.fail(name, error, acl(topic.name, "Read", "Describe", "DescribeConfigs"))
            return 0
        }
    }

    /// Milliseconds that a record may have to stay in a retry topic: all its rounds, with workers away for long.
    private var longestStay: Int64 {
        let retry = deployment.settings.worker.retry
        return Int64(deployment.settings.longestOutage) + Int64(retry.rounds) * Int64(retry.delay)
    }

    /// The right to write, tried without writing.
    private func write(_ topic: String, _ found: inout Diagnosis) {
        let name = "kafka.write \(topic)"
        do throws(Fault) {
            switch try WriteProbe.ask(admin.settings, topic: topic) {
            case .allowed: found.ok(name, "it may be written to")
            case .forbidden:
                found.fail(name, "it may not be written to: work that needs it waits", acl(topic, "Write", "Describe"))
            case .unknown(let words):
                found.ok(name, "it can't be known before the first letter: these brokers answer \(words)")
            }
        } catch {
            found.fail(name, error, acl(topic, "Write", "Describe"))
        }
    }

    private func look(_ name: String) throws(Fault) -> KafkaCluster.Topic? {
        let seen = try admin.cluster(topic: name).topics.first { $0.name == name }
        if seen?.error == "UNKNOWN_TOPIC_OR_PART" { return nil }
        return seen
    }

    private func acl(_ topic: String, _ operations: String...) -> String {
        "kafka-acls.sh --bootstrap-server \(bootstrap) --add --allow-principal User:NAME "
            + operations.map { "--operation \($0)" }.joined(separator: " ") + " --topic \(topic)"
    }

    /// The last record of a partition: by it the right to read is known, and whether its clock is ahead of ours.
    private func read(_ topic: KafkaCluster.Topic, _ found: inout Diagnosis) {
        do throws(Fault) {
            var newest: Int64?
            for number in 0..<Int32(topic.partitions) where !topic.leaderless.contains(number) {
                let partition = Partition(topic: topic.name, number: number)
                let ends = try admin.watermarks(partition)
                guard ends.high > ends.low, let record = try admin.record(partition, at: ends.high - 1) else {
                    continue
                }
                newest = max(newest ?? .min, record.timestamp)
                if newest != nil { break }
            }
            let ahead = (newest ?? 0) - MachineClock.wall()
            // A timestamp from the past says nothing of a clock.
            if ahead > 0 {
                found.clocks.append(.init(name: "newest record of \(topic.name)", ahead: ahead, uncertainty: 0))
            }
        } catch {
            found.fail("kafka.read \(topic.name)", error, acl(topic.name, "Read", "Describe"))
        }
    }

    /// Answers its partitions.
    private func side(
        _ what: String, _ name: String, _ isCreated: Bool, _ source: TopicFacts, _ stay: TopicFacts.Stay,
        _ found: inout Diagnosis
    ) throws(Fault) -> Int {
        let check = "kafka.\(what) \(name)"
        guard let seen = try look(name) else {
            if isCreated {
                found.ok(check, "it doesn't exist yet: the first worker creates it")
            } else {
                found.fail(
                    check, "it doesn't exist: work that needs it waits until it is there", source.creation(of: name))
            }
            return 0
        }
        if let error = seen.error {
            found.fail(check, "the brokers refuse it: \(error)", acl(name, "Read", "Write", "Describe"))
            return 0
        }
        var facts = TopicFacts(topic: seen, brokers: cluster.brokers.count, kafka: admin.settings)
        if !cluster.isEmbedded { facts.configuration = try? admin.configuration(of: name) }
        found.checks += facts.side(check, of: source, stay)
        // The embedded one has no rights to ask for, and would take the record.
        if !cluster.isEmbedded { write(name, &found) }
        return seen.partitions
    }
}

extension Graph {
    /// Whether an edge reads the records themselves: a record that was compacted away can't tell any more.
    func resolvesByField(_ topic: Topic) -> Bool {
        let named = Set(kinds(namedBy: topic))
        return edges.contains { edge in
            if case .field = edge.resolution { named.contains(edge.from) } else { false }
        }
    }
}
