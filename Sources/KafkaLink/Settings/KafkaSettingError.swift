/// A setting that librdkafka refuses, in librdkafka's own words.
package struct KafkaSettingError: Error, Hashable, Sendable, CustomStringConvertible {
    package var name: String
    package var message: String

    package init(name: String, message: String) {
        self.name = name
        self.message = message
    }

    package var description: String { "kafka setting \(name): \(message)" }
}
