import FreshetCore
import TestServers
import Testing

/// Several workers share the partitions.
@Suite struct WorkerGroupTests {
    @Test(arguments: KafkaBrokers.available)
    func partitionsChangeHandsUnderLoad(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let first = try bench.worker("first")
        try await first.ready()
        try play.playMatches(80)
        let second = try bench.worker("second")
        try play.playMatches(80)
        try await second.ready()
        try await wait("the second has partitions") {
            second.said("partitions-assigned").contains { $0.contains("[") && !$0.contains(#""partitions":[]"#) }
        }
        try play.playMatches(80)
        let one = try await first.stop()
        try play.playMatches()
        try await bench.catchUp(play)

        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        #expect(
            try await bench.counts(play).total == Int64(play.produced), "each record is counted once, whoever did it")
        let other = try await second.stop()
        let finished = [one, other].map { $0.count("applied") + $0.count("superseded") }
        #expect(finished[0] + finished[1] == play.produced)
        #expect(finished[1] > 0)
    }
}
