import Foundation
import FreshetCore
import RedisLink
import Synchronization
import Testing

@Suite struct ReaderTests {
    private let key = Array("v1:a".utf8)

    private func token(_ answer: LeaseAnswer) throws -> [UInt8] {
        guard case .miss(let token, 0) = answer else { throw Fault(.redis, .protocolViolation, "\(answer)") }
        return token
    }

    /// The first ticket behind it is above its floor: raising the floor to that ticket ends what was read before.
    @Test func theFirstSweepBehindAClaimEndsEveryToken() async throws {
        let redis = try RedisHarness(graph: "g1")
        let view = try await redis.store.establish(incarnation: "i1", owner: "o", history: RedisHarness.history)
        var claim = Revision(process: view.process, incarnation: "i1")
        claim.takeMark = Revision.TakeMark(
            name: Revision.graph, holder: "g1", leaseMilliseconds: 60_000, body: [], seizes: true)
        claim.fingerprints["kind"] = "f"
        #expect(try await redis.store.revise(claim) == .done)
        let old = try token(redis.store.lease(key))
        let ticket = try #require(try await redis.store.ticket())
        var sweep = Revision(process: view.process, incarnation: "i1")
        sweep.floor = ticket.number
        #expect(try await redis.store.revise(sweep) == .done)
        #expect(try !redis.store.fill(key, token: old, value: [1], timeToLive: 60_000))
        let young = try token(redis.store.lease(key))
        #expect(try redis.store.fill(key, token: young, value: [1], timeToLive: 60_000))
    }

    @Test func fillsUnlessTouchedInBetween() async throws {
        let redis = try RedisHarness()
        #expect(try redis.store.lease(key) == .none)
        let ticket = try await redis.begin()
        let first = try token(redis.store.lease(key))
        #expect(try redis.store.fill(key, token: first, value: [1], timeToLive: 60_000))
        #expect(try redis.store.lease(key) == .hit([1]))
        _ = try await redis.store.apply(ApplyCall(ticket, unlinks: ["v1:a"]))
        #expect(try !redis.store.fill(key, token: first, value: [1], timeToLive: 60_000))
        // A touch with the very same ticket changes the token too.
        let second = try token(redis.store.lease(key))
        _ = try await redis.store.apply(ApplyCall(ticket, unlinks: ["v1:a"]))
        #expect(try !redis.store.fill(key, token: second, value: [2], timeToLive: 60_000))
        // So does a floor, and another incarnation.
        let third = try token(redis.store.lease(key))
        var revision = Revision(process: ticket.process, incarnation: "i1")
        revision.floor = 9
        _ = try await redis.store.revise(revision)
        #expect(try !redis.store.fill(key, token: third, value: [3], timeToLive: 60_000))
        let fourth = try token(redis.store.lease(key))
        _ = try redis.store.command("FLUSHALL")
        #expect(try !redis.store.fill(key, token: fourth, value: [4], timeToLive: 60_000))
        _ = try await redis.store.establish(incarnation: "i2", owner: "o", history: RedisHarness.history)
        #expect(try !redis.store.fill(key, token: fourth, value: [4], timeToLive: 60_000))
        #expect(try await redis.store.value("v1:a") == nil)
    }

    /// The first sweep of a new control record has its first ticket: a token from before must not outlive it.
    @Test func theVeryFirstSweepRefusesTokensFromBefore() async throws {
        let redis = try RedisHarness()
        try await redis.establish()
        let before = try token(redis.store.lease(key))
        let ticket = try #require(try await redis.store.ticket())
        var revision = Revision(process: ticket.process, incarnation: "i1")
        revision.floor = ticket.number
        #expect(try await redis.store.revise(revision) == .done)
        #expect(try !redis.store.fill(key, token: before, value: [1], timeToLive: 60_000))
        #expect(try redis.store.fill(key, token: token(redis.store.lease(key)), value: [2], timeToLive: 60_000))
    }

    @Test func oneCallerPerKeyReads() async throws {
        let redis = try RedisHarness()
        let ticket = try await redis.begin()
        let mine = try token(redis.store.lease(key, milliseconds: 60_000, holder: "a"))
        guard case .miss(let theirs, let wait) = try redis.store.lease(key, milliseconds: 60_000, holder: "b") else {
            Issue.record("no miss")
            return
        }
        #expect(theirs == mine)
        #expect(wait > 0 && wait <= 60_000)
        // A refused fill gives the lease back all the same; somebody else's fill doesn't.
        _ = try await redis.store.apply(ApplyCall(ticket, unlinks: ["v1:a"]))
        #expect(try !redis.store.fill(key, token: mine, value: [1], timeToLive: 60_000, holder: "b"))
        #expect(try redis.store.command("EXISTS", "v1:freshet:lease:v1:a").int == 1)
        #expect(try !redis.store.fill(key, token: mine, value: [1], timeToLive: 60_000, holder: "a"))
        #expect(try redis.store.command("EXISTS", "v1:freshet:lease:v1:a").int == 0)
        #expect(throws: Fault.self) {
            try redis.store.command("EVAL", source("lease"), "3", "v1:freshet", "v1:a", "v1:b", "100", "x")
        }
    }

    /// Rows change all the time, each change is invalidated, and 240 readers fill from what they read a while ago.
    /// Whenever the cache is looked at after an invalidation, what it holds was read after that invalidation's commit.
    @Test func noFillSurvivesAnInvalidation() async throws {
        let redis = try RedisHarness()
        _ = try await redis.begin()
        let rows = 20
        let versions = Mutex([Int](repeating: 0, count: rows))
        let outcome = Mutex((filled: 0, refused: 0))
        let done = Mutex(false)
        let port = redis.server.port
        let threads = DispatchGroup()
        for worker in 0..<240 {
            threads.enter()
            let thread = Thread {
                defer { threads.leave() }
                let store = RedisHarness.store(.patient(port: port))
                var random = SplitMix(state: UInt64(worker))
                while !done.withLock({ $0 }) {
                    let row = Int.random(in: 0..<rows, using: &random)
                    let key = Array("v1:row:\(row)".utf8)
                    guard case .miss(let token, _) = try? store.lease(key) else {
                        usleep(5_000)
                        continue
                    }
                    let value = versions.withLock { $0[row] }
                    // Some are slow: invalidations come in between, however slow the machine is.
                    usleep(UInt32.random(in: 0...(worker % 4 == 0 ? 100_000 : 2_000), using: &random))
                    guard
                        let filled = try? store.fill(
                            key, token: token, value: Array("\(value)".utf8), timeToLive: 60_000)
                    else { continue }
                    outcome.withLock { if filled { $0.filled += 1 } else { $0.refused += 1 } }
                }
            }
            thread.stackSize = 256 * 1024
            thread.start()
        }
        var random = SplitMix(state: 99)
        var row = 0
        // Goes on where the readers, who share the processors with it, have not come to both yet.
        for round in 0..<50_000 {
            if round >= 1_000, outcome.withLock({ $0.filled > 0 && $0.refused > 0 }) { break }
            // Mostly the same again, while readers of the time before are still at it.
            if Int.random(in: 0..<4, using: &random) == 0 { row = Int.random(in: 0..<rows, using: &random) }
            let version = versions.withLock { versions in
                versions[row] += 1
                return versions[row]
            }
            let ticket = try #require(try await redis.store.ticket())
            #expect(try await redis.store.apply(ApplyCall(ticket, unlinks: ["v1:row:\(row)"])) == .applied(refused: []))
            if let cached = try await redis.store.value("v1:row:\(row)") {
                #expect(try #require(Int(cached)) >= version)
            }
        }
        done.withLock { $0 = true }
        await withCheckedContinuation { all in threads.notify(queue: .global()) { all.resume() } }
        let counts = outcome.withLock { $0 }
        #expect(counts.filled > 0 && counts.refused > 0, "\(counts)")
        for row in 0..<rows {
            guard let cached = try await redis.store.value("v1:row:\(row)") else { continue }
            #expect(cached == "\(versions.withLock { $0[row] })")
        }
    }
}
