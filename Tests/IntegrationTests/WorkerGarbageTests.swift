import Foundation
import FreshetCore
import TestServers
import Testing

/// What can't be understood goes to the dead-letter topic as it came, and nothing is lost.
@Suite struct WorkerGarbageTests {
    @Test(arguments: KafkaBrokers.available)
    func garbageIsDeadLetteredAndTheRestIsApplied(_ brokers: KafkaBrokers) async throws {
        let bench = try WorkerBench(brokers)
        let play = try LeaguePlay(bench)
        try play.announceAll()
        let garbage: [(bytes: String, reason: String)] = [
            ("{\"type\":\"match.updated\",", "malformed-json"),
            ("\u{0}\u{1}\u{2}", "malformed-json"),
            (#"{"type":"match.updated","entity":"seven"}"#, "invalid-id"),
            (#"{"type":"match.updated"}"#, "missing-field"),
        ]
        // A real broker deletes what is older than its retention, by these very timestamps.
        let start = Int64(Date().timeIntervalSince1970) * 1000 - 60_000
        for (index, one) in garbage.enumerated() {
            try play.produce(
                bytes: Array(one.bytes.utf8), key: Array("key \(index)".utf8),
                headers: [.init(name: "trace", value: [1, 2, 3]), .init(name: "none", value: nil)],
                timestamp: start + Int64(index))
        }
        try play.produce(bytes: Array(#"{"type":"weather.updated","entity":1}"#.utf8), key: nil)
        try play.flush()
        let worker = try bench.worker()
        try await worker.ready()
        try play.playMatches()
        try await bench.catchUp(play)

        // A letter may be written again after a failure: its identity is its origin.
        var origins: Set<String> = []
        let letters = try bench.records(of: "\(bench.topic).dlq").sorted { $0.timestamp < $1.timestamp }.filter {
            letter in
            origins.insert("\(header("origin-partition", letter) ?? "")/\(header("origin-offset", letter) ?? "")")
                .inserted
        }
        #expect(letters.map { String(decoding: $0.value ?? [], as: UTF8.self) } == garbage.map(\.bytes))
        #expect(letters.map { String(decoding: $0.key ?? [], as: UTF8.self) } == ["key 0", "key 1", "key 2", "key 3"])
        #expect(letters.map(\.timestamp) == (0..<4).map { start + $0 })
        for (letter, one) in zip(letters, garbage) {
            #expect(
                Array(letter.headers.prefix(2)) == [
                    .init(name: "trace", value: [1, 2, 3]), .init(name: "none", value: nil),
                ])
            #expect(header("error-class", letter) == one.reason)
            #expect(header("origin-topic", letter) == bench.topic)
            #expect(header("group", letter) == bench.group)
            #expect(header("disposition", letter) == "reject")
            #expect(header("origin-offset", letter).flatMap { Int64($0) } != nil)
        }

        let counts = try await bench.counts(play)
        #expect(counts.deadLettered == 4)
        #expect(counts.ignored == 1)
        #expect(counts.total == Int64(play.produced))
        #expect(try await CacheOracle(bench: bench).compare().stale == [])
        let account = try await worker.stop()
        #expect(account.count("received") == play.produced)
        #expect(account.count("dead-lettered") == 4)
        #expect(account.count("ignored") == 1)
    }

    private func header(_ name: String, _ letter: RecordCopy) -> String? {
        letter.headers.last { $0.name == "freshet-\(name)" }?.value.map { String(decoding: $0, as: UTF8.self) }
    }
}
