import Foundation
import FreshetCore
import RedisLink
import TestServers
import Testing

/// The worker's own figure, with a cache that somebody else spoils.
@Suite struct ConsistencyTests {
    /// What each look at the totals said of the samples that were compared since the one before.
    private func ratios(_ worker: WorkerProcess) -> [Bool?] {
        worker.said("progress").map { line in
            line.contains(#""consistency-1s":""#) ? line.contains(#""consistency-1s":"1.0""#) : nil
        }
    }

    private func figure(_ account: [String: Any]) -> [String: Any] {
        (account["consistency"] as? [String: Any])?["1s"] as? [String: Any] ?? [:]
    }

    @Test(arguments: KafkaBrokers.available)
    func theAccountSaysHowManySampledChangesWereStale(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers, extra: "consistency:\n  sampling-rate: 100%\n  rate: 10000")
        let play = try LeaguePlay(bench)
        let worker = try bench.worker()
        try await worker.ready()
        let cache = bench.cache()
        for team in 1...5 {
            let key = "v1:team:\(team)"
            try play.rename(team: team, to: "Team \(team)")
            try await wait("team \(team) is refreshed") {
                guard let value = try await cache.get([Array(key.utf8)])[0] else { return false }
                return String(decoding: value, as: UTF8.self).contains("\"Team \(team)\"")
            }
            // A service that fills with what it read long ago, just behind the worker.
            _ = try cache.command("SET", key, "{\"name\":\"old\"}")
        }
        try await wait("one of them is found stale") { ratios(worker).contains(false) }
        let account = try await worker.stop()
        let seen = figure(account)
        #expect(seen.count("checked") > 20, "\(account)")
        #expect((1...5).contains(seen.count("stale")))
        #expect((seen["ratio"] as? NSNumber)?.doubleValue ?? 1 < 1)
        #expect(account.count("adds-up") == 1)
    }

    @Test(arguments: KafkaBrokers.available)
    func withoutAFaultEverySampleIsConsistent(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers, extra: "consistency:\n  sampling-rate: 100%\n  rate: 1000")
        let play = try LeaguePlay(bench)
        let worker = try bench.worker()
        try await worker.ready()
        for round in 1...60 {
            try play.rename(team: 1 + round % 8, to: "Round \(round)")
            try await Task.sleep(for: .milliseconds(30))
        }
        try await bench.catchUp(play)
        try await wait("all samples are a second old and compared") {
            let all = ratios(worker)
            return all.contains { $0 != nil } && all.suffix(2).allSatisfy { $0 == nil }
        }
        let seen = figure(try await worker.stop())
        #expect(seen.count("checked") > 50)
        #expect(seen.count("stale") == 0)
        #expect((seen["ratio"] as? NSNumber)?.doubleValue == 1)
    }
}
