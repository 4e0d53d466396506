import Foundation
import FreshetCore
import TestServers
import Testing

/// Redis in states that its operators bring about: the worker pauses, says what to do, and goes on by itself.
@Suite struct RedisStateTests {
    @Test func rightsPasswordsAndReplicas() async throws {
        let bench = try WorkerBench(
            .mock, special: .init(redisLines: ["username: freshet", "password: secret"]))
        // Of the default user, and connected before it is a replica.
        let admin = bench.cache()
        _ = try admin.command("ACL", "SETUSER", "freshet", "on", ">secret", "~*", "&*", "+@all")
        let scene = try await WorkerScene(bench)
        try await scene.endure(
            "NOPERM", advice: "deploy/redis.acl",
            breaking: { _ = try admin.command("ACL", "SETUSER", "freshet", "-evalsha") },
            mending: { _ = try admin.command("ACL", "SETUSER", "freshet", "+evalsha") })
        try await scene.endure(
            "WRONGPASS", advice: "redis.password",
            breaking: {
                _ = try admin.command("ACL", "SETUSER", "freshet", "resetpass", ">other")
                _ = try admin.command("CLIENT", "KILL", "USER", "freshet")
            },
            mending: { _ = try admin.command("ACL", "SETUSER", "freshet", "resetpass", ">secret") })
        try await scene.endure(
            "READONLY", advice: "primary",
            // Its primary is never found, so it keeps what it has.
            breaking: { _ = try admin.command("REPLICAOF", "127.0.0.1", "1") },
            mending: { _ = try admin.command("REPLICAOF", "NO", "ONE") })
        try await scene.finish()
    }

    @Test func aFullRedisIsNeverAStaleOne() async throws {
        // No pause of another cause: a Redis that is slow isn't away.
        let scene = try await WorkerScene(WorkerBench(.mock, special: .init(commandTimeout: "30s")))
        let cache = scene.bench.cache()
        func isCached() async throws -> Bool { try await cache.get([Array("v1:match:5".utf8)])[0] != nil }
        // What came after it at the start may have removed it.
        try scene.play.announce(match: "5")
        try scene.play.flush()
        try await scene.recovered()
        #expect(try await isCached())
        _ = try cache.command("CONFIG", "SET", "maxmemory", "1mb")
        try scene.play.playMatches(50)
        try scene.play.announce(match: "5")
        try scene.play.flush()
        // Not even a pause: what can't be written is removed.
        try await scene.recovered()
        #expect(try await !isCached())
        #expect(scene.worker.said("dependency-paused").isEmpty)
        #expect(scene.worker.said("cache-full").contains { $0.contains("raise maxmemory") })
        _ = try cache.command("CONFIG", "SET", "maxmemory", "0")
        try scene.play.announce(match: "5")
        try scene.play.flush()
        try await scene.recovered()
        #expect(try await isCached())
        try await scene.finish()
    }
}
