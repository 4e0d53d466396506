import Foundation
import FreshetCore
import RedisLink
import TestServers
import Testing

/// What workers do for whole kinds by themselves: real workers, Redis and PostgreSQL.
@Suite struct UpkeepTests {
    private static let brokers = KafkaBrokers.mock

    /// The league with settings for kinds, which stand in front of their keys.
    private func bench(_ upkeep: [String: String]) throws -> WorkerBench {
        try WorkerBench(Self.brokers) { graph in
            var text = graph
            for (kind, settings) in upkeep {
                guard let kindAt = text.range(of: "\n  \(kind):\n"),
                    let keysAt = text.range(of: "    keys:\n", range: kindAt.upperBound..<text.endIndex)
                else { continue }
                text.insert(contentsOf: "    upkeep: {\(settings)}\n", at: keysAt.lowerBound)
            }
            return text
        }
    }

    private func keys(_ bench: WorkerBench, _ kind: String) async throws -> Int {
        try await bench.cache().scan(pattern: "v1:\(kind):*", cursor: 0, count: 100_000).keys.count
    }

    /// Whether so many keys of each kind are cached.
    private func holds(_ bench: WorkerBench, _ counts: [String: Int]) async throws -> Bool {
        for (kind, count) in counts where try await keys(bench, kind) != count { return false }
        return true
    }

    private func done(_ workers: [WorkerProcess], _ work: String, _ kind: String) -> [Substring] {
        workers.flatMap { $0.said("upkeep-done") }.filter {
            $0.contains("\"work\":\"\(work)\"") && $0.contains("\"kind\":\"\(kind)\"")
        }
    }

    @Test func anEmptyCacheIsLoadedByOneOfTwo() async throws {
        let bench = try bench(["match": "at-start: warm", "team": "at-start: check"])
        let play = try LeaguePlay(bench)
        let workers = [try bench.worker("one"), try bench.worker("two")]
        for worker in workers { try await worker.ready() }
        try await wait("both kinds are loaded") {
            done(workers, "warm", "match").count > 0 && done(workers, "warm", "team").count > 0
        }
        #expect(try await keys(bench, "match") == 380)
        #expect(try await keys(bench, "team") == 20)
        #expect(try await keys(bench, "event") == 0, "nobody asked for these")
        // Whoever comes later finds it as it should be.
        let third = try bench.worker("three")
        try await third.ready()
        try await wait("the third one has looked") {
            done([third], "check", "match").count > 0 && done([third], "check", "team").count > 0
        }
        for kind in ["match", "team"] {
            #expect(done(workers + [third], "warm", kind).count == 1, "\(kind)")
            #expect(done(workers + [third], "rebuild", kind).count == 0, "\(kind)")
        }
        // Redis loses everything under load: it comes back by itself, but for matches of teams that were renamed since.
        _ = try bench.cache().command("FLUSHALL")
        for team in 1...5 { try play.rename(team: team, to: "Team \(team)") }
        try await bench.catchUp(play)
        try await wait("the kinds are loaded again") {
            let matches = try await keys(bench, "match")
            let hasTeams = try await holds(bench, ["team": 20])
            return hasTeams && matches >= 380 - 5 * 38
        }
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        for worker in workers + [third] { _ = try await worker.stop() }
    }

    @Test func aWrongValueIsFoundAtTheStartAndItsKindRebuilt() async throws {
        let bench = try bench(["team": "at-start: check", "standings": "at-start: warm"])
        let play = try LeaguePlay(bench)
        let first = try bench.worker("first")
        try await first.ready()
        try await bench.remembers()
        // What is loaded and not written down as done would be done again, instead of being looked at.
        try await wait("the teams are loaded") {
            guard ["team", "standings"].allSatisfy({ done([first], "warm", $0).count > 0 }) else { return false }
            return try await holds(bench, ["team": 20])
        }
        _ = try await first.stop()
        let cache = bench.cache()
        _ = try cache.command("SET", "v1:team:3", "by hand", "EX", "1000")
        _ = try cache.command("SET", "v1:team:99", "there is no such team", "EX", "1000")
        _ = try cache.command("SET", "v1:standings:1", "by hand, too", "EX", "1000")

        let workers = [try bench.worker("one"), try bench.worker("two")]
        for worker in workers { try await worker.ready() }
        try await wait("the kind is rebuilt, and the standings that depend on it are loaded again") {
            done(workers, "rebuild", "team").count > 0 && done(workers, "warm", "standings").count > 0
        }
        let checks = done(workers, "check", "team")
        #expect(checks.contains { $0.contains("\"wrong\":2") }, "\(checks)")
        #expect(done(workers, "rebuild", "team").count == 1)
        let verdict = try await CacheOracle(bench: bench).compare()
        #expect(verdict.stale == [])
        #expect(verdict.equal == 21)
        #expect(try cache.command("EXISTS", "v1:team:99").int == 0)
        _ = play
        for worker in workers { _ = try await worker.stop() }
    }

    @Test func aRefreshRepairsWhatNoEventTold() async throws {
        let bench = try bench(["team": "refresh-every: 2s", "match": "at-start: warm, refresh-every: 2s, jitter: 0%"])
        let play = try LeaguePlay(bench)
        let began = ContinuousClock.now
        let workers = [try bench.worker("one"), try bench.worker("two")]
        for worker in workers { try await worker.ready() }
        try await wait("both kinds are loaded") { try await holds(bench, ["match": 380, "team": 20]) }
        // Nobody announces this.
        try play.execute("update team set name = 'Nobody told' where id = 4; delete from match where id = 7")
        let cache = bench.cache()
        try await wait("the changes are there") {
            let team = try cache.command("GET", "v1:team:4").text ?? ""
            return try team.contains("Nobody told") && cache.command("EXISTS", "v1:match:7").int == 0
        }
        try await wait("matches that show the team's name are right") {
            try await CacheOracle(bench: bench).compare().stale.allSatisfy { !$0.contains("v1:match") }
        }
        // It is said when all of it is done.
        try await wait("a refresh is over") { done(workers, "refresh", "match").count > 0 }
        // Never by both: two seconds lie between one refresh and the next.
        let refreshes = done(workers, "refresh", "match").count
        let elapsed = Int((ContinuousClock.now - began).components.seconds)
        #expect(refreshes >= 1 && refreshes <= elapsed / 2 + 1, "\(refreshes) in \(elapsed) s")
        #expect(try await bench.counts(play).total == 0, "there was no event")
        for worker in workers { _ = try await worker.stop() }
    }
}
