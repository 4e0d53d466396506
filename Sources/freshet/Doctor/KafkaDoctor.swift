import CommandKit
import FreshetCore
import Glibc
import KafkaLink
import Wiring

/// Kafka: brokers, topics and their settings, the group, and what may be read. Changes nothing.
struct KafkaDoctor {
    let deployment: Deployment

    private var settings: KafkaSettings { deployment.settings.kafkaSettings }

    /// Also the partitions that one worker may get, for the bound on its memory.
    func run() -> (found: Diagnosis, partitions: Int) {
        var found = Diagnosis()
        var partitions = 0
        do throws(Fault) {
            let admin = try KafkaAdmin(settings)
            let first = deployment.graph.graph.topics.first?.name
            let cluster = try admin.cluster(topic: first)
            found.ok(
                "kafka.connection",
                "\(cluster.brokers.count) brokers at \(settings.bootstrap)\(cluster.isEmbedded ? ", embedded" : "")")
            let topics = TopicDoctor(deployment: deployment, admin: admin, cluster: cluster)
            for topic in deployment.graph.graph.topics {
                partitions += topics.examine(topic, &found)
            }
            group(admin, cluster, &found)
        } catch {
            found.fail(
                "kafka.connection", error, "check `kafka.bootstrap` and `kafka.security`, and that the brokers run")
        }
        return (found, partitions)
    }

    /// On a cluster that has had no group yet, the first question makes the brokers create the topic that holds them.
    private func describe(_ name: String, _ admin: KafkaAdmin) throws(Fault) -> KafkaGroupDescription {
        for _ in 0..<Self.tries {
            do throws(Fault) { return try admin.describe(group: name) } catch {
                guard case .kafka(let word, _) = error.code, word.contains("COORDINATOR") else { throw error }
                usleep(1_000_000)
            }
        }
        return try admin.describe(group: name)
    }

    private static let tries = 5

    private func group(_ admin: KafkaAdmin, _ cluster: KafkaCluster, _ found: inout Diagnosis) {
        let name = settings.group
        // librdkafka's mock answers no questions about groups.
        guard !cluster.isEmbedded else {
            return found.ok("kafka.group", "`\(name)`; the embedded broker can't be asked about groups")
        }
        do throws(Fault) {
            let group = try describe(name, admin)
            let members = group.members.count
            switch group.state {
            case "Dead", "Empty": found.ok("kafka.group", "`\(name)` has no members now")
            case "Stable": found.ok("kafka.group", "`\(name)`: \(members) members, \(group.assignor)")
            default:
                found.warn(
                    "kafka.group", "`\(name)` is in state \(group.state) with \(members) members",
                    "a rebalance waits for every member; look again in a moment, and see the runbook if it lasts")
            }
        } catch {
            found.fail(
                "kafka.group", error,
                "kafka-acls.sh --bootstrap-server \(settings.bootstrap) --add --allow-principal User:NAME "
                    + "--operation Read --operation Describe --group \(name)")
        }
    }
}
