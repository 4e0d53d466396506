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
        try await bench.remembers()
        let warm = try WorkerProcess(
            arguments: ["warm", "--config", bench.config, "--kinds", "team", "--execute"], folder: bench.folder.path,
            name: "warm")
        #expect(try await warm.end() == 0)
        _ = play
        let cache = bench.cache()
        #expect(
            try await maintain(bench).1 == [
                "unowned": 0, "lasting": 0, "memories": 0, "memory-entries": 0, "former": 0,
            ])
        _ = try cache.command("SET", "v1:weather:1", "rain")
        _ = try cache.command("SET", "v1:team:3", "by hand, for ever")
        _ = try cache.command("HSET", "v1:freshet:memory:no->edge", "1", "x")
        _ = try cache.command("SET", "v0:team:3", "old")
        _ = try cache.command("HSET", "v0:freshet", "incarnation", "i", "graph", "99999999999999 g")
        _ = try cache.command("SET", "w:other", "not ours")

        let before = try cache.command("DBSIZE").int
        let dry = try await maintain(bench)
        #expect(dry.0 == .fine)
        #expect(dry.1 == ["unowned": 1, "lasting": 1, "memories": 1, "memory-entries": 0, "former": 0])
        #expect(try cache.command("DBSIZE").int == before, "nothing is changed without --execute")
        #expect(try await maintain(bench, "--former", "v0").0 == .found, "its workers are alive")
        #expect(try await maintain(bench, "--former", "v1").0 == .usage)
        _ = try cache.command("HSET", "v0:freshet", "graph", "1 g")
        #expect(try await maintain(bench, "--former", "v0", "--execute").0 == .usage, "without --yes")
        let done = try await maintain(bench, "--former", "v0", "--execute", "--yes")
        #expect(done.0 == .fine)
        #expect(done.1 == ["unowned": 1, "lasting": 1, "memories": 1, "memory-entries": 0, "former": 2])
        #expect(
            try await maintain(bench, "--former", "v0").1 == [
                "unowned": 0, "lasting": 0, "memories": 0, "memory-entries": 0, "former": 0,
            ])
        #expect(try cache.command("GET", "w:other").text == "not ours")
        // 19 teams that were warmed, the record and the other's key are still there.
        #expect(try await cache.scan(pattern: "v1:team:*", cursor: 0, count: 10_000).keys.count == 19)
        _ = try await worker.stop()
    }

    /// A row that went without an event: what was known of it goes, and what it led to is invalidated.
    @Test func whatIsKnownOfDeletedChildrenGoes() async throws {
        let bench = try WorkerBench(.mock)
        let play = try LeaguePlay(bench)
        let worker = try bench.worker()
        try await worker.ready()
        let cache = bench.cache()
        let hash = "v1:freshet:memory:match->standings"
        try await bench.remembers()
        let warm = try WorkerProcess(
            arguments: ["warm", "--config", bench.config, "--kinds", "standings,team", "--execute"],
            folder: bench.folder.path, name: "warm")
        #expect(try await warm.end() == 0)
        #expect(try cache.command("HLEN", hash).int == 381)
        try play.execute("delete from match where id = 7")
        _ = try cache.command("HSET", hash, "9999", "another-incarnation/3/1")
        #expect(try await maintain(bench).1["memory-entries"] == 2)
        #expect(try cache.command("HLEN", hash).int == 382)
        #expect(try cache.command("EXISTS", "v1:standings:1").int == 1)
        #expect(try await maintain(bench, "--execute").1["memory-entries"] == 2)
        #expect(try cache.command("HLEN", hash).int == 380)
        #expect(try cache.command("HEXISTS", hash, "7").int == 0)
        #expect(try cache.command("EXISTS", "v1:standings:1").int == 0, "it showed the match")
        #expect(try cache.command("EXISTS", "v1:team:1").int == 1)
        #expect(try await maintain(bench).1["memory-entries"] == 0)
        // Its event comes late, and finds nothing to do.
        try play.delete(match: "7")
        try await bench.catchUp(play)
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        _ = try await worker.stop()
    }

    /// Version migration: v2 is loaded beside v1, the services switch, v1 goes.
    @Test func anotherKeyVersionTakesOver() async throws {
        let bench = try WorkerBench(.mock)
        let play = try LeaguePlay(bench)
        let folder = bench.folder.path
        let graph = try String(contentsOfFile: "\(folder)/league.yaml", encoding: .utf8)
        try graph.replacing("prefix: v1", with: "prefix: v2").write(
            toFile: "\(folder)/league2.yaml", atomically: true, encoding: .utf8)
        let next = "\(folder)/next.yaml"
        try String(contentsOfFile: bench.config, encoding: .utf8)
            .replacing("graph: league.yaml", with: "graph: league2.yaml")
            .replacing("deployment: tests", with: "deployment: tests-v2")
            .replacing("group: \(bench.group)", with: "group: \(bench.group)-v2")
            .write(toFile: next, atomically: true, encoding: .utf8)
        func command(_ words: String...) async throws -> Int32 {
            try await WorkerProcess(arguments: words, folder: folder, name: words[0]).end()
        }
        let cache = bench.cache()
        func keys(_ pattern: String) throws -> Int {
            try cache.scanAll(pattern: pattern, cursor: 0, count: 100_000).keys.count
        }
        let (old, new) = (try bench.worker("old"), try bench.worker("new", config: next))
        try await old.ready()
        try await new.ready()
        for prefix in ["v1", "v2"] { try await bench.remembers(under: prefix) }
        #expect(try await command("warm", "--config", bench.config, "--execute", "--yes") == 0)
        #expect(try await command("warm", "--config", next, "--execute", "--yes") == 0)
        try play.playMatches(10)
        try await bench.catchUp(play)
        // Both are there for their services.
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        #expect(try await command("verify", "--config", next, "--moment", "200ms") == 0)
        let (v1, v2) = (try keys("v1:*"), try keys("v2:*"))
        #expect(v1 > 440 && v2 > 440)

        func maintain(_ words: String...) async throws -> ExitCode {
            await Program.run(
                ["maintain", "--config", next] + words, environment: [:],
                console: Console(out: OutputStream(), err: OutputStream()), stop: Stop())
        }
        let former = ["--former", "v1", "--of", "tests"]
        #expect(try await maintain("--former", "v1") == .usage, "it was another deployment's")
        #expect(try await maintain(former[0], former[1], former[2], former[3]) == .found, "its workers are alive")
        _ = try await old.stop()
        try await wait("v1's graph shows no sign of life any more") {
            try await maintain(former[0], former[1], former[2], former[3], "--execute", "--yes") == .fine
        }
        #expect(try keys("v1:*") == 0)
        #expect(try keys("v2:*") == v2)
        #expect(try await command("verify", "--config", next, "--moment", "200ms") == 0)
        _ = try await new.stop()
    }
}
