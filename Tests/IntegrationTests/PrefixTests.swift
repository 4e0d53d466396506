import Foundation
import FreshetCore
import LocalServers
import RedisLink
import TestServers
import Testing

@testable import CommandKit
@testable import freshet

/// Commands that remove or write whole prefixes keep off what belongs to others. Redis alone is there.
@Suite struct PrefixTests {
    private let folder: TemporaryFolder
    private let redis: RedisServer

    init() throws {
        folder = try TemporaryFolder()
        redis = try RedisServer(folder: folder.folder("redis"))
    }

    private func cache(_ prefix: String) -> RedisCacheStore {
        RedisCacheStore(
            settings: RedisSettings(port: redis.port), namespace: .init(prefix: prefix), group: "g", pendingLimit: 10)
    }

    /// A control record and two keys.
    private func deploy(_ prefix: String, owner: String) async throws {
        let cache = cache(prefix)
        _ = try await cache.establish(incarnation: "i-\(owner)", owner: owner, history: History(system: 1, timeline: 1))
        for team in 1...2 { _ = try cache.command("SET", "\(prefix):team:\(team)", "{}", "EX", "1000") }
    }

    private func run(_ prefix: String, _ words: [String]) async throws -> (code: ExitCode, out: String, err: String) {
        let graph = try String(
            contentsOf: LeagueDatabase.folder.deletingLastPathComponent().appending(path: "league.yaml"),
            encoding: .utf8)
        try graph.replacing("prefix: v1", with: "prefix: \"\(prefix)\"").write(
            toFile: "\(folder.path)/league.yaml", atomically: true, encoding: .utf8)
        let config = "\(folder.path)/freshet.yaml"
        try """
        deployment: ours
        graph: league.yaml
        kafka: {bootstrap: "127.0.0.1:1", group: g}
        redis: {port: \(redis.port)}
        postgres: {url: "postgres://nobody@127.0.0.1:1/none"}
        """.write(toFile: config, atomically: true, encoding: .utf8)
        let console = Console(out: OutputStream(), err: OutputStream())
        let code = await Program.run(
            [words[0], "--config", config] + words.dropFirst(), environment: [:], console: console, stop: Stop())
        return (code, console.out.collected, console.err.collected)
    }

    private var size: Int64? { get throws { try cache("x").command("DBSIZE").int } }

    @Test(arguments: [
        ("*", "glob"), ("v[0-9]", "glob"), ("?", "glob"), ("", "is empty"), ("v0:", "Write `v0`"),
        ("app:v1", "is the prefix of this deployment"), ("app", "own keys begin with `app:`"),
        ("app:v1:old", "lies within"),
    ])
    func aFormerPrefixIsOneAndNotOurs(_ former: String, _ says: String) async throws {
        try await deploy("app:v1", owner: "ours")
        try await deploy("v0", owner: "ours")
        let size = try size
        let done = try await run("app:v1", ["maintain", "--former", former, "--execute", "--yes"])
        #expect(done.code == .usage)
        #expect(done.err.contains(says), "\(done.err)")
        #expect(try self.size == size, "nothing is removed")
    }

    @Test func aFormerPrefixOfSomebodyElseStays() async throws {
        try await deploy("v1", owner: "ours")
        try await deploy("v0", owner: "theirs")
        let done = try await run("v1", ["maintain", "--former", "v0", "--execute", "--yes"])
        #expect(done.code == .usage)
        #expect(done.err.contains("add --of theirs"), "\(done.err)")
        // Under a former prefix of ours, too.
        try await deploy("app", owner: "ours")
        try await deploy("app:shop", owner: "shop")
        let nested = try await run("v1", ["maintain", "--former", "app", "--execute", "--yes"])
        #expect(nested.code == .usage)
        #expect(nested.err.contains("`app:shop:freshet` of deployment `shop`"), "\(nested.err)")
        #expect(try size == 12)
        let named = try await run("v1", ["maintain", "--former", "v0", "--of", "theirs", "--execute", "--yes"])
        #expect(named.code == .fine, "\(named.err)")
        #expect(try size == 9)
    }

    @Test func whatLiesUnderOurPrefixMayBeAnothers() async throws {
        try await deploy("app", owner: "ours")
        try await deploy("app:v2", owner: "shop")
        // These only look like a control record.
        _ = try cache("app").command("SET", "app:tag:freshet", "a document")
        _ = try cache("app").command("HSET", "app:freshet:memory:to:freshet", "1", "x")
        for words in [["maintain", "--execute"], ["purge", "--without-kafka", "--execute", "--yes"]] {
            let done = try await run("app", words)
            #expect(done.code == .usage, "\(words)")
            #expect(done.err.contains("`app:v2:freshet` of deployment `shop`"), "\(done.err)")
            #expect(!done.err.contains("memory"), "\(done.err)")
            #expect(try size == 8, "nothing is removed")
        }
        // The one that is nested has only its own.
        _ = try cache("app").command("HSET", "app:v2:freshet", "owner", "ours")
        for prefix in ["app:v2", "app"] {
            #expect(try await run(prefix, ["purge", "--without-kafka", "--execute", "--yes"]).code == .fine)
        }
        #expect(try size == 0)
    }

    @Test func commandsThatWriteAskWhosePrefixItIs() async throws {
        try await deploy("v1", owner: "theirs")
        _ = try cache("v1").command("SET", "v1:weather:1", "no kind's")
        for words in [
            ["maintain", "--execute"], ["warm", "--execute", "--yes"], ["warm"],
            ["invalidate", "--kind", "team", "--execute"],
        ] {
            let done = try await run("v1", words)
            #expect(done.code == .usage, "\(words)")
            #expect(done.err.contains("belong to deployment `theirs`"), "\(words): \(done.err)")
        }
        #expect(try size == 4)
    }
}
