import Foundation
import FreshetCore
import KafkaLink

/// Where a test of Kafka runs: on librdkafka's mock, and on a real Kafka where one can be had.
package enum KafkaBrokers: String, Sendable, CaseIterable, CustomStringConvertible {
    case mock
    case real

    package static let available: [KafkaBrokers] = KafkaServer.shared == nil ? [.mock] : [.mock, .real]
    package static var hasReal: Bool { KafkaServer.shared != nil }

    package var description: String { rawValue }
}

/// A cluster for one test, with names of its own: tests run side by side on one real Kafka.
package final class KafkaBench {
    package let settings: KafkaSettings
    /// nil on a real Kafka.
    package let mock: KafkaMock?

    package init(_ brokers: KafkaBrokers, nodes: Int = 1) throws {
        let mock = brokers == .mock ? try KafkaMock(brokers: nodes) : nil
        self.mock = mock
        let bootstrap = mock?.bootstrap ?? KafkaServer.shared?.bootstrap ?? ""
        settings = Self.settings(bootstrap)
    }

    private static func settings(_ bootstrap: String) -> KafkaSettings {
        var settings = KafkaSettings(bootstrap: bootstrap, group: "g-\(UUID().uuidString.prefix(8))")
        settings.sessionTimeout = 6_000
        settings.requestTimeout = 15_000
        return settings
    }

    /// A new topic; its name.
    package func topic(partitions: Int, configuration: [String: String] = [:]) throws -> String {
        let name = "t-\(UUID().uuidString.prefix(8))"
        if let mock {
            try mock.createTopic(name, partitions: partitions)
        } else {
            try KafkaAdmin(settings).createTopic(name, partitions: partitions, configuration: configuration)
        }
        return name
    }

    /// Writes `count` records `v0`, `v1` … to one partition.
    package func fill(_ topic: String, partition: Int32 = 0, from: Int = 0, count: Int) throws {
        let producer = try KafkaProducer(settings)
        for number in from..<from + count {
            try producer.produce(
                topic: topic, partition: partition, key: Array("k\(number)".utf8), value: Array("v\(number)".utf8))
        }
        try producer.flush(within: 30_000)
    }
}
