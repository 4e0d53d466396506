import FreshetCore
import TestServers
import Testing

/// Several workers share the partitions.
@Suite struct WorkerGroupTests {
    enum Membership: String, CaseIterable {
        case eager
        case cooperative
        case standing

        func lines(_ worker: String) -> [String] {
            switch self {
            case .eager: ["assignment: range"]
            case .cooperative: ["assignment: cooperative-sticky"]
            // Who leaves and comes back within the session time-out finds its partitions again.
            case .standing: ["instance-id: \(worker)"]
            }
        }
    }

    @Test(arguments: KafkaBrokers.available, Membership.allCases)
    func partitionsChangeHandsUnderLoad(_ brokers: KafkaBrokers, _ membership: Membership) async throws {
        let bench = try WorkerBench(brokers)
        let play = try LeaguePlay(bench)
        func worker(_ name: String) throws -> WorkerProcess {
            let config = "\(bench.folder.path)/\(name).yaml"
            try bench.writeConfig(config, kafkaLines: membership.lines(name))
            return try bench.worker(name, config: config)
        }
        try play.announceAll()
        let first = try worker("first")
        try await first.ready()
        try play.playMatches(80)
        let second = try worker("second")
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
