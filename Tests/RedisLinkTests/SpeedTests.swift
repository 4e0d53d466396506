import Foundation
import FreshetCore
import RedisLink
import TestServers
import Testing

/// Keys a second by Redis' own CPU. Printed, not judged; run them with FRESHET_TEST_SPEED=1.
@Suite(.serialized, .enabled(if: TestEnvironment.measures))
struct SpeedTests {
    private func cpu(_ store: RedisCacheStore) throws -> Double {
        let info = try store.command("INFO", "cpu").text ?? ""
        var sum = 0.0
        for line in info.split(whereSeparator: \.isNewline) {
            let pair = line.split(separator: ":")
            if pair[0] == "used_cpu_user" || pair[0] == "used_cpu_sys" { sum += Double(pair[1]) ?? 0 }
        }
        return sum
    }

    @Test(arguments: [256, 512], [true, false])
    func fencedKeys(perCall: Int, writes: Bool) async throws {
        let redis = try RedisHarness()
        _ = try await redis.begin()
        let value = String(repeating: "x", count: 300)
        let universe = 200_000
        var next = 0
        var calls: [ApplyCall] = []
        func run(_ rounds: Int) async throws {
            for _ in 0..<rounds {
                let ticket = try #require(try await redis.store.ticket())
                for index in calls.indices { calls[index].ticket = ticket }
                for reply in try await redis.store.apply(calls) { #expect(reply == .applied(refused: [])) }
            }
        }
        let ticket = try #require(try await redis.store.ticket())
        for _ in 0..<40 {
            let keys = (0..<perCall).map { "v1:match:\((next + $0) % universe)" }
            next += perCall
            calls.append(
                writes ? ApplyCall(ticket, writes: keys.map { ($0, value) }) : ApplyCall(ticket, unlinks: keys))
        }
        // All fences are there, and (for invalidations) keys to remove the first time.
        try await run(2)
        let rounds = 20
        let before = try cpu(redis.store)
        try await run(rounds)
        let used = try cpu(redis.store) - before
        let rate = Double(rounds * 40 * perCall) / used
        print("\(perCall) \(writes ? "writes" : "invalidations") a call: \(Int(rate)) keys/s of Redis CPU")
    }
}
