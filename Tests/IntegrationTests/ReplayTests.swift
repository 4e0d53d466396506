import Foundation
import FreshetCore
import TestServers
import Testing

/// `freshet replay`: the real binary, with and without a worker beside it.
@Suite struct ReplayTests {
    private static let brokers = KafkaBrokers.hasReal ? KafkaBrokers.real : .mock

    private func replay(_ bench: WorkerBench, _ words: String...) throws -> (code: Int32, json: [String: Any]) {
        let done = try start(bench, words).end()
        let json = try? JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [String: Any]
        if json == nil { Issue.record("\(done.code): \(done.err)") }
        return (done.code, json ?? [:])
    }

    private func start(_ bench: WorkerBench, _ words: [String]) throws -> DlqProcess {
        try DlqProcess(
            ["replay", "--config", bench.config, "--output", "json"] + words, folder: bench.folder.path, input: nil)
    }

    @Test func aSpoiledCacheIsRebuiltFromItsTopic() async throws {
        let scene = try await OffsetScene(Self.brokers)
        let (bench, play) = (scene.bench, scene.play)
        let cache = bench.cache()
        let (committed, counts) = (try bench.committed(play), try await bench.counts(play))
        // One value is wrong, one is missing, and one is of a match that is gone, as the last event says.
        _ = try cache.command("SET", "v1:team:1", "spoiled")
        _ = try cache.command("UNLINK", "v1:match:7", "v1:standings:1")
        try play.delete(match: "380")
        // … and one that only a tombstone tells of.
        try play.execute("delete from match where id = 379")
        try play.produce(bytes: nil, key: Array("match:379".utf8))
        for _ in 0..<3 { try play.announceAll() }

        let dry = try replay(bench)
        #expect(dry.code == 0)
        #expect(dry.json.count("records") == play.produced)
        // 38 rounds, 11 phases, 20 teams, 380 matches, and the table that depends on them.
        #expect(dry.json.count("entities") == 449)
        #expect(dry.json.count("keys") >= 450)
        #expect(try await cache.get([Array("v1:team:1".utf8)]) == [Array("spoiled".utf8)])
        #expect(try replayCode(bench, "--execute") == 2, "unfiltered it wants --yes")

        let done = try replay(bench, "--execute", "--yes", "--verify")
        #expect(done.code == 0, "\(done.json)")
        #expect(done.json.count("windows") == 1)
        // However many events name it, each entity once, and the table once.
        #expect(done.json.count("refreshed") == 448, "\(done.json)")
        #expect(done.json.count("wrong") == 0)
        #expect(try await cache.get([Array("v1:match:379".utf8)]) == [nil])
        let verdict = try await CacheOracle(bench: bench).compare()
        #expect(verdict.stale == [])
        #expect(verdict.equal >= 440)
        // The live group knows nothing of it.
        #expect(try bench.committed(play) == committed)
        #expect(try await bench.counts(play) == counts)

        // Where a window is full before the end, what comes again is refreshed again.
        let spilled = try replay(bench, "--window-entities", "100", "--threads", "1")
        #expect(spilled.json.count("windows") > 4)
        #expect(spilled.json.count("entities") > 449)
        #expect(spilled.json.count("keys") == dry.json.count("keys"))
        let some = try replay(bench, "--kinds", "team", "--execute")
        #expect(some.json.count("entities") == 20)
        let one = try replay(bench, "team:3", "--execute")
        #expect(one.json.count("entities") == 1)
        let shares = try ["1/2", "2/2"].map { try replay(bench, "--share", $0, "--topic", bench.topic) }
        #expect(shares.reduce(0) { $0 + $1.json.count("records") } == play.produced)
    }

    private func replayCode(_ bench: WorkerBench, _ words: String...) throws -> Int32 {
        try start(bench, words).end().code
    }

    @Test func besideLiveEventsItLeavesNothingStale() async throws {
        let bench = try WorkerBench(Self.brokers)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let worker = try bench.worker()
        try await worker.ready()
        var (runs, rounds) = (0, 0)
        while runs < 3 || rounds <= 50 {
            runs += 1
            let process = try start(bench, ["--execute", "--yes"])
            repeat {
                rounds += 1
                try play.rename(team: 1 + rounds % 20, to: "Round \(rounds)")
            } while process.isRunning
            let done = process.end()
            #expect(done.code == 0, "\(done.err)")
        }
        try await bench.catchUp(play)
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        #expect(try await worker.stop().count("adds-up") == 1)
    }

    @Test func aKilledReplayGoesOn() async throws {
        let scene = try await OffsetScene(Self.brokers)
        let (bench, cache) = (scene.bench, scene.bench.cache())
        func places() throws -> Int {
            let names = try cache.command("HKEYS", "v1:freshet").elements?.compactMap(\.text) ?? []
            return try names.filter { $0.hasPrefix("note:replay:") }
                .filter { try cache.command("HGET", "v1:freshet", $0).text != "" }.count
        }
        let words = ["--execute", "--yes", "--window-records", "50"]
        let first = try start(bench, words + ["--redis-rate", "25"])
        try await wait("the first window is through") {
            if !first.isRunning { throw NeverHappened(description: "the replay ended: \(first.end())") }
            return try places() == 1
        }
        first.signal(SIGKILL)
        _ = first.end()
        let second = try start(bench, words).end()
        #expect(second.code == 0, "\(second.err)")
        #expect(second.out.contains(#""resumed": true"#))
        #expect(try places() == 0)
        let json = try JSONSerialization.jsonObject(with: Data(second.out.utf8)) as? [String: Any] ?? [:]
        #expect(json.count("records") < scene.play.produced)
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
    }
}
