import Foundation
import FreshetCore
import TestServers
import Testing

/// `freshet invalidate` beside a running worker.
@Suite struct WorkerInvalidateTests {
    @Test(arguments: KafkaBrokers.available)
    func itRemovesWhatIsNamedAndOnlyWhenToldTo(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers)
        let play = try LeaguePlay(bench)
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.remembers()
        try play.announceAll()
        try await bench.catchUp(play)
        // What is announced last is cached.
        for match in ["7", "8", "9", "11", "110"] { try play.announce(match: match) }
        try play.flush()
        try await bench.catchUp(play)

        let dry = try await invalidate(bench, ["match:7"])
        #expect(dry.contains("v1:match:7"))
        #expect(dry.contains("match:7 → standings:1"))
        #expect(dry.contains("Would invalidate: 2 keys by name. Nothing was changed; add --execute."))
        #expect(try await isCached(bench, ["v1:match:7", "v1:standings:1"]) == [true, true])

        #expect(try await invalidate(bench, ["match:7", "--execute"]).contains("Invalidated: 2 keys by name."))
        #expect(try await isCached(bench, ["v1:match:7", "v1:standings:1", "v1:match:8"]) == [false, false, true])

        _ = try await invalidate(bench, ["--key", "v1:match:8", "--execute"])
        #expect(try await isCached(bench, ["v1:match:8", "v1:match:9"]) == [false, true])

        _ = try await invalidate(bench, ["--pattern", "v1:match:1?", "--execute"])
        #expect(try await isCached(bench, ["v1:match:11", "v1:match:9", "v1:match:110"]) == [false, true, true])

        _ = try await invalidate(bench, ["--kind", "match", "--execute"])
        #expect(try await isCached(bench, ["v1:match:9", "v1:match:110"]) == [false, false])

        // The floor is above every ticket of before, and the worker goes on.
        try play.announce(match: "9")
        try play.flush()
        try await bench.catchUp(play)
        #expect(try await isCached(bench, ["v1:match:9", "v1:standings:1"]) == [true, true])
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        _ = try await worker.stop()
    }

    /// PostgreSQL is kept from saying what depends on the match, and its key is gone all the same.
    @Test(arguments: KafkaBrokers.available)
    func removedAheadItWaitsForNoCascade(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(
            brokers,
            graph: {
                $0.replacingOccurrences(
                    of: "    on-reach: invalidate\n    warm-sql: select id from match ",
                    with: "    on-change: invalidate\n    remove-ahead: true\n    warm-sql: select id from match ")
            })
        let play = try LeaguePlay(bench)
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.remembers()
        try play.announceAll()
        try await bench.catchUp(play)
        let keys = ["v1:match:7", "v1:match:8", "v1:standings:1"]
        for key in keys { _ = try bench.cache().command("SET", key, "old") }

        let before = try await checkpoints(bench, play)
        // The lock comes first: the producer sends when it likes.
        try play.execute("begin; lock table match in access exclusive mode")
        try play.announce(match: "7")
        try play.flush()
        try await wait("the match is removed") { try await isCached(bench, ["v1:match:7"]) == [false] }
        #expect(try await isCached(bench, keys) == [false, true, true])
        #expect(try await checkpoints(bench, play) == before)

        // A reader fills what was removed: the cascade comes nevertheless.
        _ = try bench.cache().command("SET", "v1:match:7", "old")
        try play.execute("rollback")
        try await bench.catchUp(play)
        #expect(try await isCached(bench, ["v1:match:7", "v1:match:8"]) == [false, true])
        _ = try bench.cache().command("DEL", "v1:match:8")
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        _ = try await worker.stop()
    }

    @Test func whatCannotBeMeantIsRefused() async throws {
        let bench = try WorkerBench(.mock)
        #expect(try await invalidate(bench, [], code: 2).contains("Say what to invalidate"))
        #expect(try await invalidate(bench, ["tem:1"], code: 2).contains("there is no kind `tem`"))
        #expect(try await invalidate(bench, ["--kind", "mach"], code: 2).contains("`match`"))
        #expect(try await invalidate(bench, ["--key", "v2:team:1"], code: 2).contains("its keys begin with `v1:`"))
        #expect(try await invalidate(bench, ["--pattern", "v1:*", "--execute"], code: 2).contains("--yes"))
    }

    private func invalidate(_ bench: WorkerBench, _ words: [String], code: Int32 = 0) async throws -> String {
        let process = try WorkerProcess(
            arguments: ["invalidate", "--config", bench.config] + words, folder: bench.folder.path, name: "invalidate")
        #expect(try await process.end() == code, "\(process.output)")
        return process.output
    }

    /// Offsets only: what was committed is noted beside them a little later.
    private func checkpoints(_ bench: WorkerBench, _ play: LeaguePlay) async throws -> [Int64?] {
        let partitions = play.ends.keys.sorted()
        let record = try await bench.cache().look(partitions).record
        return partitions.map { record?.checkpoints[$0]?.offset }
    }

    private func isCached(_ bench: WorkerBench, _ keys: [String]) async throws -> [Bool] {
        try await bench.cache().get(keys.map { Array($0.utf8) }).map { $0 != nil }
    }
}
