import Foundation
import FreshetCore
import KafkaLink

/// Sends events to the end, whatever breaks meanwhile. Of one thread.
final class ChaosAnnouncer {
    /// Seconds.
    private static let patience = 120

    private let crew: ChaosCrew
    private let kafka: KafkaSettings
    private let topic: String
    private var producer: KafkaProducer?

    init(_ crew: ChaosCrew, _ kafka: KafkaSettings, topic: String) {
        self.crew = crew
        self.kafka = kafka
        self.topic = topic
    }

    func send(_ event: ChaosEvent, times: Int = 1) {
        let end = ContinuousClock.now + .seconds(Self.patience)
        while true {
            do throws(Fault) {
                let producer = try current()
                for _ in 0..<times { try producer.produce(topic: topic, key: event.key, value: event.value) }
                try producer.flush(within: 60_000)
                crew.count { $0.events += times }
                return
            } catch {
                // Sent again by another one; what arrived twice is a duplicate.
                producer = nil
                if ContinuousClock.now > end {
                    return crew.complain("an event could not be sent within \(Self.patience) s: \(error.message)")
                }
                usleep(100_000)
            }
        }
    }

    private func current() throws(Fault) -> KafkaProducer {
        if let producer { return producer }
        let fresh = try KafkaProducer(kafka)
        producer = fresh
        return fresh
    }
}
