import Foundation
import FreshetCore
import TestServers
import Testing

/// A change and what depends on it become visible in one step.
@Suite struct WorkerReaderTests {
    @Test(arguments: KafkaBrokers.available)
    func aReaderNeverSeesANewTeamBesideOldMatches(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.catchUp(play)
        let connection = bench.connection()
        let matches = try connection.query("select id from match where home_id = 1 order by id limit 3")
        let keys = ["v1:team:1", "v1:standings:1"] + matches.map { "v1:match:\($0[0] ?? "")" }
        let cache = bench.cache()
        var looks = 0
        for round in 1...12 {
            try play.rename(team: 1, to: "Team \(round) ")
            try await wait("round \(round) is visible") {
                let values = try await cache.get(keys.map { Array($0.utf8) }).map { value in
                    value.map { String(decoding: $0, as: UTF8.self) }
                }
                looks += 1
                guard values[0]?.contains("Team \(round) ") == true else { return false }
                for (key, value) in zip(keys, values) where value != nil {
                    #expect(value?.contains("Team \(round) ") == true, "\(key) is old: \(value ?? "")")
                }
                return true
            }
            // So that there is something to invalidate the next time.
            for row in matches { try play.announce(match: row[0] ?? "") }
            try play.flush()
        }
        #expect(looks >= 12)
        try await bench.catchUp(play)
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        _ = try await worker.stop()
    }
}
