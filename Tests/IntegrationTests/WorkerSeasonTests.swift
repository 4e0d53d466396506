import FreshetCore
import TestServers
import Testing

/// The oracle: a whole season, then every key against its read model.
@Suite struct WorkerSeasonTests {
    @Test(arguments: KafkaBrokers.available)
    func aSeasonInRandomOrderLeavesEveryKeyEqualToItsReadModel(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker()
        try await worker.ready()
        try play.playMatches()
        try play.adjust()
        try await bench.catchUp(play)

        let verdict = try await CacheOracle(bench: bench).compare()
        #expect(verdict.stale == [])
        #expect(verdict.equal > 150, "of 449 keys \(verdict.absent) are absent")
        #expect(try await CacheOracle(bench: bench).standings() == PublishedTables.premierLeague2023)

        let account = try await worker.stop()
        #expect(account.count("received") == play.produced)
        #expect(account.count("adds-up") == 1)
        #expect(account.count("applied") + account.count("superseded") == play.produced)
        #expect(account.count("superseded") > 0)
    }
}
