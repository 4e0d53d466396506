import Foundation
import FreshetCore
import RedisLink
import TestServers
import Testing

/// `freshet verify` as the person on call runs it: the real binary against a cache that a real worker filled.
@Suite struct VerifyTests {
    private struct Result {
        var code: Int32
        var output: String
        var json: [String: Any]

        var findings: [String] {
            ((json["findings"] as? [[String: String]]) ?? []).map { "\($0["problem"] ?? "") \($0["key"] ?? "")" }
                .sorted()
        }
    }

    private func verify(_ bench: WorkerBench, _ arguments: String...) async throws -> Result {
        let process = try start(bench, arguments)
        return try await result(process)
    }

    private func start(_ bench: WorkerBench, _ arguments: [String]) throws -> WorkerProcess {
        try WorkerProcess(
            arguments: ["verify", "--config", bench.config, "--output", "json", "--moment", "200ms"] + arguments,
            folder: bench.folder.path, name: "verify")
    }

    private func result(_ process: WorkerProcess) async throws -> Result {
        let code = try await process.end()
        let output = process.output
        guard let start = output.range(of: "{\n"), let end = output.range(of: "\n}", options: .backwards) else {
            return Result(code: code, output: output, json: [:])
        }
        let text = Data(output[start.lowerBound..<end.upperBound].utf8)
        let json = try JSONSerialization.jsonObject(with: text) as? [String: Any]
        return Result(code: code, output: output, json: json ?? [:])
    }

    private func filled() async throws -> (WorkerBench, LeaguePlay, WorkerProcess) {
        let bench = try WorkerBench(.mock)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.catchUp(play)
        // Standings are the only ones that a cascade leaves in the cache; the others were invalidated by later events.
        try play.playMatches(40)
        for team in 1...8 { try play.rename(team: team, to: "Team \(team)") }
        try await bench.catchUp(play)
        return (bench, play, worker)
    }

    @Test func itFindsWhatIsStaleAndRepairMendsIt() async throws {
        let (bench, _, worker) = try await filled()
        let cache = bench.cache()
        let clean = try await verify(bench)
        #expect(clean.code == 0, "\(clean.output)")
        #expect(clean.json.count("compared") > 40)
        #expect(clean.json.count("equal") == clean.json.count("compared"))
        #expect(clean.json.count("foreign") == 0)

        _ = try cache.command("SET", "v1:team:3", "{\"name\":\"old\"}")
        _ = try cache.command("SET", "v1:match:999999", "{}")
        _ = try cache.command("SET", "v1:weather:1", "rain")
        _ = try cache.command("SET", "v1:team:03", "{}")
        let all = try await verify(bench)
        #expect(all.code == 1, "\(all.output)")
        #expect(all.findings == ["orphan v1:match:999999", "stale v1:team:3"])
        #expect(all.json.count("stale") == 1)
        #expect(all.json.count("orphans") == 1)
        #expect(all.json.count("foreign") == 2)

        #expect(try await verify(bench, "team:3").findings == ["stale v1:team:3"])
        #expect(try await verify(bench, "team:4").code == 0)
        #expect(try await verify(bench, "--key", "v1:match:999999").code == 1)
        #expect(try await verify(bench, "--kind", "match").findings == ["orphan v1:match:999999"])
        #expect(try await verify(bench, "--kind", "phase").code == 0)
        #expect(try await verify(bench, "--kind", "nothing").code == 2)
        #expect(try await verify(bench, "--sample", "10").json.count("compared") == 10)

        let dry = try await verify(bench, "--repair")
        #expect(dry.code == 1)
        #expect(dry.json.count("repaired") == 0)
        #expect(try await cache.get([Array("v1:team:3".utf8)])[0] != nil)
        #expect(try await verify(bench, "--repair", "--execute").code == 2)
        let repaired = try await verify(bench, "--repair", "--execute", "--yes")
        #expect(repaired.code == 1, "it found them")
        #expect(repaired.json.count("repaired") == 2)
        #expect(try await cache.get([Array("v1:team:3".utf8), Array("v1:match:999999".utf8)]) == [nil, nil])
        #expect(try await verify(bench).code == 0)
        _ = try await worker.stop()
    }

    /// How often values were asked for, by anybody.
    private func reads(_ bench: WorkerBench) throws -> Int {
        let text = try bench.cache().command("INFO", "commandstats").text ?? ""
        return text.firstMatch(of: /cmdstat_mget:calls=([0-9]+)/).flatMap { Int($0.1) } ?? 0
    }

    /// The worker stands still while events wait: what differs is on its way, and verify waits for it.
    @Test func whatIsOnItsWayIsNotStale() async throws {
        let (bench, play, worker) = try await filled()
        worker.signal(SIGSTOP)
        for team in 1...8 { try play.rename(team: team, to: "Renamed \(team)") }
        let before = try reads(bench)
        let process = try start(bench, ["--patience", "60s"])
        // What it reads from PostgreSQL afterwards is new in any case.
        try await wait("it has read the values") { try reads(bench) > before }
        worker.signal(SIGCONT)
        let seen = try await result(process)
        #expect(seen.code == 0, "\(seen.output)")
        #expect(seen.json.count("stale") == 0)
        #expect(seen.json.count("in-flight") >= 8)

        worker.crash()
        for team in 1...8 { try play.rename(team: team, to: "Again \(team)") }
        let behind = try await verify(bench, "--patience", "500ms")
        #expect(behind.code == 0, "\(behind.output)")
        #expect(behind.json.count("unsettled") >= 8)
        #expect(behind.json["workers-behind"] as? Bool == true)
        // By time alone it is stale.
        let alone = try await verify(bench, "--without-kafka")
        #expect(alone.code == 1)
        #expect(alone.json.count("stale") >= 8)
    }

    @Test func changesInFlightGiveNoFalseAlarms() async throws {
        let (bench, play, worker) = try await filled()
        var compared = 0
        var rounds = 0
        for _ in 0..<6 {
            let process = try start(bench, ["--rate", "100000"])
            repeat {
                rounds += 1
                try play.rename(team: 1 + rounds % 8, to: "Round \(rounds)")
                try await Task.sleep(for: .milliseconds(1))
            } while process.isRunning
            let seen = try await result(process)
            #expect(seen.code == 0, "\(seen.output)")
            #expect(seen.json.count("stale") + seen.json.count("orphans") == 0)
            compared += seen.json.count("compared")
        }
        #expect(rounds > 3)
        #expect(compared > 200)
        try await bench.catchUp(play)
        #expect(try await verify(bench).code == 0)
        _ = try await worker.stop()
    }

    @Test func withoutServersItSaysSo() async throws {
        let bench = try WorkerBench(.mock)
        let play = try LeaguePlay(bench)
        _ = play
        bench.redis.stop()
        #expect(try await verify(bench).code == 3)
    }
}
