import Foundation
import FreshetCore
import TestServers
import Testing

/// A worker that goes through states of its servers, one after the other, while records flow.
final class WorkerScene {
    let bench: WorkerBench
    let play: LeaguePlay
    let worker: WorkerProcess
    private let status: String

    init(_ bench: WorkerBench) async throws {
        self.bench = bench
        play = try LeaguePlay(bench)
        status = "\(bench.folder.path)/status.json"
        try play.announceAll()
        worker = try bench.worker(arguments: ["--status-file", status])
        try await worker.ready()
        try await bench.catchUp(play)
    }

    var text: String { (try? String(contentsOfFile: status, encoding: .utf8)) ?? "" }

    func isPaused(_ words: String) -> Bool { text.contains(#""state":"paused""#) && text.contains(words) }

    /// Waits until it says why it is paused and what to do, in these words.
    func paused(_ why: String, advice: String) async throws {
        do {
            try await wait("the worker is paused: \(why)") { isPaused(why) && text.contains(advice) }
        } catch {
            Issue.record("\(text) \(worker.output.suffix(3_000))")
            throw error
        }
    }

    /// Waits until everything there is was applied, and compares every key.
    func recovered() async throws {
        try await bench.catchUp(play)
        try await wait("the status is ready again") { text.contains(#""state":"ready""#) }
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
    }

    /// From the state to its mend.
    func endure(
        _ why: String, advice: String, breaking: () async throws -> Void, mending: () async throws -> Void
    ) async throws {
        try await breaking()
        try play.playMatches(10)
        try await paused(why, advice: advice)
        try await mending()
        try await recovered()
    }

    /// None of it was an event's fault, and it never left the group.
    func finish(letters: Int = 0) async throws {
        #expect(try bench.records(of: "\(bench.topic).dlq").count == letters)
        #expect(worker.said("record-deferred").isEmpty)
        let account = try await worker.stop()
        #expect(account.count("adds-up") == 1)
        #expect(try await bench.counts(play).total == Int64(play.produced))
    }
}
