import Foundation
import FreshetCore
import RedisLink
import TestServers
import Testing

/// `freshet warm`: the real binary, beside a real worker.
@Suite struct WarmTests {
    private func warm(_ bench: WorkerBench, _ arguments: String...) async throws -> (code: Int32, json: [String: Any]) {
        let process = try WorkerProcess(
            arguments: ["warm", "--config", bench.config, "--output", "json"] + arguments, folder: bench.folder.path,
            name: "warm")
        let code = try await process.end()
        let output = process.output
        guard let start = output.range(of: "{\n"), let end = output.range(of: "\n}", options: .backwards) else {
            return (code, [:])
        }
        let text = Data(output[start.lowerBound..<end.upperBound].utf8)
        return (code, try JSONSerialization.jsonObject(with: text) as? [String: Any] ?? [:])
    }

    private func keys(_ bench: WorkerBench) async throws -> Int {
        try await bench.cache().scan(pattern: "v1:*", cursor: 0, count: 100_000).keys.count
    }

    @Test(arguments: KafkaBrokers.available)
    func itLoadsWhatItsListsNameAndNoMore(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers)
        let play = try LeaguePlay(bench)
        _ = play
        #expect(try await warm(bench, "--execute", "--yes").code == 4, "no worker has made a control record yet")
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.remembers()

        let dry = try await warm(bench)
        #expect(dry.code == 0)
        // 38 rounds, 11 phases, 20 teams, 380 matches, one table.
        #expect(dry.json.count("entities") >= 440)
        #expect(dry.json.count("written") == 0)
        #expect(try await keys(bench) == 0)
        #expect(try await warm(bench, "--execute").code == 2)
        #expect(try await warm(bench, "--kinds", "nothing").code == 2)

        let some = try await warm(bench, "--kinds", "standings,match", "--top", "5", "--execute")
        #expect(some.json.count("written") == 6)
        let last = try bench.connection().query("select id from match order by event_id desc, id limit 5")
        let wanted = last.map { Array("v1:match:\($0[0] ?? "")".utf8) } + [Array("v1:standings:1".utf8)]
        #expect(try await bench.cache().get(wanted).allSatisfy { $0 != nil })
        #expect(try await keys(bench) == 6)

        let all = try await warm(bench, "--execute", "--yes", "--page", "7")
        #expect(all.code == 0)
        #expect(all.json.count("written") == dry.json.count("entities"))
        let verdict = try await CacheOracle(bench: bench).compare()
        #expect(verdict.stale == [])
        #expect(verdict.absent == 0)
        let life = try bench.cache().command("PTTL", "v1:standings:1").int ?? 0
        // 24 h, shortened by 5 % at most.
        #expect((82_000_000...86_400_000).contains(life))
        _ = try await worker.stop()
    }

    @Test func whatIsRelatedComesAlong() async throws {
        let bench = try WorkerBench(.mock)
        let play = try LeaguePlay(bench)
        _ = play
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.remembers()
        let dry = try await warm(bench, "--kinds", "event", "--top", "1", "--related")
        let done = try await warm(bench, "--kinds", "event", "--top", "1", "--related", "--execute")
        // The last round leads to two phases, its month and the season; to all teams; to its ten matches.
        let kinds = try #require(done.json["kinds"] as? [String: [String: Any]])
        let written = kinds.mapValues { $0.count("written") }
        let phases =
            try bench.connection().query(
                """
                select count(*)::text from phase p, (select season_id, number from event order by number desc limit 1) e
                where p.season_id = e.season_id and e.number between p.first_number and p.last_number
                """)[0][0].flatMap { Int($0) } ?? 0
        #expect(written == ["event": 1, "phase": phases, "team": 20, "match": 10, "standings": 1], "\(written)")
        #expect(dry.json.count("entities") == done.json.count("entities"))
        let verdict = try await CacheOracle(bench: bench).compare()
        #expect(verdict.stale == [])
        #expect(verdict.equal == 32 + phases)
        _ = try await worker.stop()
    }

    @Test(arguments: KafkaBrokers.available)
    func besideLiveEventsItLeavesNothingStale(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker()
        try await worker.ready()
        var (runs, rounds) = (0, 0)
        while runs < 4 || rounds <= 50 {
            runs += 1
            let process = try WorkerProcess(
                arguments: ["warm", "--config", bench.config, "--execute", "--yes", "--page", "20"],
                folder: bench.folder.path, name: "warm")
            repeat {
                rounds += 1
                try play.rename(team: 1 + rounds % 20, to: "Round \(rounds)")
            } while process.isRunning
            #expect(try await process.end() == 0, "\(process.output)")
        }
        try await bench.catchUp(play)
        let verdict = try await CacheOracle(bench: bench).compare()
        #expect(verdict.stale == [])
        // Rounds, phases, teams and the table; a renamed team's matches are only invalidated.
        #expect(verdict.equal > 60)
        _ = try await worker.stop()
    }
}
