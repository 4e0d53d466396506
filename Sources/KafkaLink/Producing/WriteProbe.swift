import CRdkafka
import FreshetCore

/// Whether a topic may be written to, found out without writing: it asks for a number of acknowledgements that Kafka
/// doesn't know. Apache's brokers look at the right first and refuse the number then, before anything is appended.
package enum WriteProbe {
    package enum Answer: Hashable, Sendable {
        case allowed
        case forbidden
        /// The brokers answered something else.
        case unknown(String)
    }

    private static let pairs: [KafkaSettings.Pair] = [
        ("enable.idempotence", "false"), ("acks", "2"), ("retries", "0"), ("linger.ms", "0"),
    ]

    /// Not for the embedded broker, which takes any number.
    package static func ask(_ settings: KafkaSettings, topic: String) throws(Fault) -> Answer {
        let producer = try KafkaProducer(settings, last: pairs)
        let deadline = Deadline(milliseconds: settings.requestTimeout)
        var answer: Answer?
        func read(_ report: KafkaProducer.Report) {
            answer =
                switch report.error {
                case RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS: .allowed
                case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED: .forbidden
                case RD_KAFKA_RESP_ERR_NO_ERROR: .unknown("the brokers took a record that Apache's refuse")
                case let other: .unknown(KafkaFault.name(other))
                }
        }
        let letter = Letter(
            topic: topic, partition: 0, timestamp: -1, key: Array("freshet-doctor".utf8), value: nil, headers: [])
        try producer.enqueue(letter, number: 1, deadline: deadline, reports: read)
        while answer == nil {
            if deadline.hasPassed {
                throw KafkaFault.timeout("trying to write to \(topic)", milliseconds: settings.requestTimeout)
            }
            producer.poll(deadline.wait(atMost: 100), read)
        }
        return answer ?? .unknown("no answer")
    }
}
