import Foundation
import FreshetCore
import PostgresLink

/// Changes rows, and sends the event after the commit: to the end, whatever breaks meanwhile. Of one thread.
final class ChaosWriter {
    private let crew: ChaosCrew
    private let address: ChaosPostgres.Address
    private let announcer: ChaosAnnouncer
    private let poison: ChaosPoison?
    private let league: ChaosLeague
    private var random: SplitMix
    private var connection: PostgresConnection?
    private var generation = -1

    init(
        _ crew: ChaosCrew, _ address: ChaosPostgres.Address, _ announcer: ChaosAnnouncer, _ poison: ChaosPoison?,
        league: ChaosLeague, seed: UInt64
    ) {
        self.poison = poison
        self.crew = crew
        self.address = address
        self.announcer = announcer
        self.league = league
        random = SplitMix(seed: seed)
    }

    func step() {
        usleep(UInt32.random(in: 5_000...40_000, using: &random))
        poison?.step(&random)
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

    /// One event in ten comes twice.
    private func announce(_ change: LeagueChange, _ version: Int64?) {
        let times = Int.random(in: 0..<10, using: &random) == 0 ? 2 : 1
        announcer.send(ChaosEvent(change, version: version), times: times)
    }
}
