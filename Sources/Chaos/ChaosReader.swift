import CommandKit
import DevLeague
import Foundation
import FreshetCore
import PostgresLink
import RedisLink

/// A service that reads the cache and fills it after a miss. Of one thread.
final class ChaosReader {
    enum Manner: Sendable {
        /// `lease` and `fill`: it must never leave an old value.
        case leasing
        /// Asks for leases, and fills half of the time with a plain `SET` all the same.
        case mixed
        /// `GET` and a plain `SET`: it may, so its values end with a space that says whose they are.
        case naive
    }

    /// JSON doesn't mind it.
    static let mark = UInt8(ascii: " ")
    private static let timeToLive: Int64 = 600_000

    /// Microseconds between reading and filling.
    static let slowest: UInt32 = 250_000

    private let manner: Manner
    private let crew: ChaosCrew
    private let address: ChaosPostgres.Address
    private let cache: RedisCacheStore
    private let league: ChaosLeague
    private var random: SplitMix
    private var connection: PostgresConnection?
    private var generation = -1

    init(
        _ manner: Manner, _ crew: ChaosCrew, _ address: ChaosPostgres.Address, _ cache: RedisCacheStore,
        league: ChaosLeague, seed: UInt64
    ) {
        self.manner = manner
        self.crew = crew
        self.address = address
        self.cache = cache
        self.league = league
        random = SplitMix(seed: seed)
    }

    func step() {
        usleep(UInt32.random(in: 1_000...10_000, using: &random))
        let (kind, id) = anyEntity()
        let key = Array("v1:\(kind):\(id)".utf8)
        do throws(Fault) {
            switch manner {
            case .leasing, .mixed: try lease(key, kind, id)
            case .naive: try get(key, kind, id)
            }
        } catch {
            crew.count { $0.readerFaults += 1 }
            usleep(20_000)
        }
    }

    private func lease(_ key: [UInt8], _ kind: String, _ id: Int64) throws(Fault) {
        // Half of them have others wait while they read.
        let milliseconds = Bool.random(using: &random) ? 500 : 0
        let holder = String(random.next(), radix: 16)
        switch try cache.lease(key, milliseconds: milliseconds, holder: holder) {
        case .hit: crew.count { $0.hits += 1 }
        case .none: usleep(5_000)
        case .miss(let token, let wait):
            if wait > 0 { return }
            guard let document = try read(kind, id) else { return }
            dawdle()
            if manner == .mixed && Bool.random(using: &random) { return try set(key, document) }
            let isFilled = try cache.fill(
                key, token: token, value: Array(document.utf8), timeToLive: Self.timeToLive,
                holder: milliseconds > 0 ? holder : nil)
            crew.count { if isFilled { $0.fills += 1 } else { $0.refusedFills += 1 } }
        }
    }

    private func get(_ key: [UInt8], _ kind: String, _ id: Int64) throws(Fault) {
        if try cache.command([Array("GET".utf8), key]).bytes != nil { return crew.count { $0.hits += 1 } }
        guard let document = try read(kind, id) else { return }
        dawdle()
        try set(key, document)
    }

    private func set(_ key: [UInt8], _ document: String) throws(Fault) {
        let life = Array("\(Self.timeToLive)".utf8)
        _ = try cache.command(
            [Array("SET".utf8), key, Array(document.utf8) + [Self.mark], Array("PX".utf8), life])
        crew.count { $0.plainFills += 1 }
    }

    /// One in three is slow between reading and filling: that is where races are.
    private func dawdle() {
        if Int.random(in: 0..<3, using: &random) == 0 { usleep(.random(in: 1_000...Self.slowest, using: &random)) }
    }

    /// From the primary. One that was deposed while it answered is none: then there is nothing to fill.
    private func read(_ kind: String, _ id: Int64) throws(Fault) -> String? {
        let now = address.now
        if connection == nil || generation != now.generation {
            connection = PostgresConnection(ChaosPostgres.Address.settings(now.port, name: "reader"))
            generation = now.generation
        }
        guard let connection else { return nil }
        let rows = try connection.query("select doc from rm_\(kind) where id = $1::text::bigint", ["\(id)"])
        guard address.now.generation == now.generation else { return nil }
        return rows.first?.first ?? nil
    }

    private func anyEntity() -> (String, Int64) {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: ("standings", LeagueSeason.id)
        case ..<3: ("phase", league.phase(&random))
        case ..<6: ("team", league.team(&random))
        case ..<9: ("event", league.round(&random))
        default: ("match", league.match(&random))
        }
    }
}
