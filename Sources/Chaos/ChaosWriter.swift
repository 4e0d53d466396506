import Foundation
import FreshetCore
import KafkaLink
import PostgresLink

/// Changes rows, and sends the event after the commit: to the end, whatever breaks meanwhile. Of one thread.
final class ChaosWriter {
    private let crew: ChaosCrew
    private let address: ChaosPostgres.Address
    private let kafka: KafkaSettings
    private let topic: String
    private let league: ChaosLeague
    private var random: SplitMix
    private var connection: PostgresConnection?
    private var generation = -1
    private var producer: KafkaProducer?

    init(
        _ crew: ChaosCrew, _ address: ChaosPostgres.Address, _ kafka: KafkaSettings, topic: String,
        league: ChaosLeague, seed: UInt64
    ) {
        self.crew = crew
        self.address = address
        self.kafka = kafka
        self.topic = topic
        self.league = league
        random = SplitMix(seed: seed)
    }

    func step() {
        usleep(UInt32.random(in: 5_000...40_000, using: &random))
        let change = LeagueChange.any(league, &random)
        do throws(Fault) {
            let version = try change.perform(primary())
            crew.count { $0.changes += 1 }
            announce(change, version)
        } catch {
            // A statement that was refused changed nothing; after a lost connection nobody knows, so it is announced.
            if case .sqlState = error.code {
                usleep(20_000)
            } else {
                crew.count { $0.uncertain += 1 }
                announce(change, nil)
                usleep(50_000)
            }
        }
    }

    private func primary() -> PostgresConnection {
        let now = address.now
        if let connection, now.generation == generation { return connection }
        let fresh = PostgresConnection(ChaosPostgres.Address.settings(now.port, name: "writer"), access: .readWrite)
        connection = fresh
        generation = now.generation
        return fresh
    }

    private func current() throws(Fault) -> KafkaProducer {
        if let producer { return producer }
        let fresh = try KafkaProducer(kafka)
        producer = fresh
        return fresh
    }

    /// One event in ten comes twice.
    private func announce(_ change: LeagueChange, _ version: Int64?) {
        let event = ChaosEvent(change, version)
        let times = Int.random(in: 0..<10, using: &random) == 0 ? 2 : 1
        let end = ContinuousClock.now + .seconds(120)
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
                    return crew.complain("an event could not be sent within 120 s: \(error.message)")
                }
                usleep(100_000)
            }
        }
    }
}
