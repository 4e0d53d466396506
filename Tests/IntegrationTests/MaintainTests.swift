import Foundation
import FreshetCore
import RedisLink
import TestServers
import Testing

@testable import CommandKit
@testable import freshet

/// `freshet maintain` on a cache that a real worker filled.
@Suite struct MaintainTests {
    private func maintain(_ bench: WorkerBench, _ words: String...) async throws -> (ExitCode, [String: Int]) {
        let console = Console(out: OutputStream(), err: OutputStream())
        let code = await Program.run(
            ["maintain", "--config", bench.config, "--output", "json"] + words, environment: [:], console: console,
            stop: Stop())
        let json = try? JSONSerialization.jsonObject(with: Data(console.out.collected.utf8)) as? [String: Any]
        var counts: [String: Int] = [:]
        for (name, value) in json ?? [:] {
            if let keys = (value as? [String: Any])?["keys"] as? Int { counts[name] = keys }
        }
        return (code, counts)
    }

    @Test func itRemovesWhatNobodyKeepsTrue() async throws {
        let bench = try WorkerBench(.mock)
        let play = try LeaguePlay(bench)
        let worker = try bench.worker()
        try await worker.ready()
        let warm = try WorkerProcess(
            arguments: ["warm", "--config", bench.config, "--kinds", "team", "--execute"], folder: bench.folder.path,
            name: "warm")
        #expect(try await warm.end() == 0)
        _ = play
        let cache = bench.cache()
        #expect(try await maintain(bench).1 == ["unowned": 0, "lasting": 0, "memories": 0, "former": 0])
        _ = try cache.command("SET", "v1:weather:1", "rain")
        _ = try cache.command("SET", "v1:team:3", "by hand, for ever")
        _ = try cache.command("HSET", "v1:freshet:memory:no->edge", "1", "x")
        _ = try cache.command("SET", "v0:team:3", "old")
        _ = try cache.command("HSET", "v0:freshet", "incarnation", "i", "graph", "99999999999999 g")
        _ = try cache.command("SET", "w:other", "not ours")

        let before = try cache.command("DBSIZE").int
        let dry = try await maintain(bench)
        #expect(dry.0 == .fine)
        #expect(dry.1 == ["unowned": 1, "lasting": 1, "memories": 1, "former": 0])
        #expect(try cache.command("DBSIZE").int == before, "nothing is changed without --execute")
        #expect(try await maintain(bench, "--former", "v0").0 == .found, "its workers are alive")
        #expect(try await maintain(bench, "--former", "v1").0 == .usage)
        _ = try cache.command("HSET", "v0:freshet", "graph", "1 g")
        #expect(try await maintain(bench, "--former", "v0", "--execute").0 == .usage, "without --yes")
        let done = try await maintain(bench, "--former", "v0", "--execute", "--yes")
        #expect(done.0 == .fine)
        #expect(done.1 == ["unowned": 1, "lasting": 1, "memories": 1, "former": 2])
        #expect(
            try await maintain(bench, "--former", "v0").1 == ["unowned": 0, "lasting": 0, "memories": 0, "former": 0])
        #expect(try cache.command("GET", "w:other").text == "not ours")
        // 19 teams that were warmed, the record and the other's key are still there.
        #expect(try await cache.scan(pattern: "v1:team:*", cursor: 0, count: 10_000).keys.count == 19)
        _ = try await worker.stop()
    }
}
