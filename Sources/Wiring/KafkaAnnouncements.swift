import FreshetCore
import FreshetWorker
import KafkaLink

/// Where the graph's topics end, as the brokers say.
package final class KafkaAnnouncements: Announcements {
    private let admin: KafkaAdmin
    private let topics: [String]

    package init(_ settings: KafkaSettings, topics: [String]) throws(Fault) {
        admin = try KafkaAdmin(settings)
        self.topics = topics
    }

    package func ends() async throws(Fault) -> [Partition: Int64] {
        var ends: [Partition: Int64] = [:]
        for topic in topics {
            // Nothing can be owed where nothing can be read.
            for (partition, found) in try admin.watermarks(admin.partitions(of: topic)) where found.high > found.low {
                ends[partition] = found.high
            }
        }
        return ends
    }
}
