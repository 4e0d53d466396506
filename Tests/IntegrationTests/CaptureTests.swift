import Foundation
import FreshetCore
import KafkaLink
import TestServers
import Testing

/// Nothing but SQL: the real Debezium reads it from the log, and every key equals its read model.
@Suite(
    .serialized,
    .enabled(
        if: TestEnvironment.canRun(
            "Capture", otherwise: CaptureBench.obstacle ?? "", when: CaptureBench.obstacle == nil)))
struct CaptureTests {
    @Test(arguments: zip(DebeziumProcess.Converter.allCases, [true, false]))
    func aCapturedSeasonLeavesEveryKeyEqualToItsReadModel(
        _ converter: DebeziumProcess.Converter, _ fullIdentity: Bool
    ) async throws {
        let began = Int64(Date.now.timeIntervalSince1970 * 1_000)
        let bench = try CaptureBench(fullIdentity: fullIdentity)
        try bench.capture(converter)
        let worker = try bench.worker()
        try await worker.ready()
        try await bench.rest()
        try await expectEqual(bench, atLeast: 60)
        try checkSnapshot(bench, since: began)

        let league = CaptureLeague(bench)
        try league.play(60)
        try league.changeEverything()
        try await bench.rest()
        try await expectEqual(bench, atLeast: 40)

        let sweeps = worker.said("kind-invalidated").count
        try league.deleteMatch(12)
        try await bench.rest()
        try await expectEqual(bench, atLeast: 40)
        // With whole images an event says where its row was; and its tombstone, that there is nothing to add.
        if fullIdentity { #expect(worker.said("kind-invalidated").count == sweeps) }

        try league.truncateMatches()
        try await bench.rest()
        #expect(worker.said("kind-invalidated").count > sweeps)
        try await expectEqual(bench, atLeast: 1)
        #expect(try await CacheOracle(bench: bench).compare().matches == 0)

        try league.bringMatchesBack()
        try league.play(30)
        try poison(bench, at: began - 60_000)
        try await bench.rest()
        try await expectEqual(bench, atLeast: 60)
        try await checkLetter(bench, from: began - 60_000)

        let ends = try bench.ends()
        let account = try await worker.stop()
        #expect(account.count("adds-up") == 1)
        #expect(account.count("dead-lettered") == 1)
        // Heartbeats: everything else that was received is a change of a row, a tombstone, or garbage.
        #expect(account.count("ignored") > 5)
        let records = Int(ends.values.reduce(0, +))
        #expect(account.count("applied") + account.count("superseded") + account.count("dead-lettered") == records)
    }

    private func expectEqual(
        _ bench: CaptureBench, atLeast count: Int, at location: SourceLocation = #_sourceLocation
    ) async throws {
        let verdict = try await CacheOracle(bench: bench).compare()
        #expect(verdict.stale == [], sourceLocation: location)
        #expect(verdict.equal >= count, "\(verdict.absent) are absent", sourceLocation: location)
    }

    /// What was there before the capture began came as reads, with Kafka's timestamps.
    private func checkSnapshot(_ bench: CaptureBench, since began: Int64) throws {
        var reads = 0
        for (partition, end) in try bench.ends() where partition.topic == bench.topic("team") && end > 0 {
            let record = try #require(try bench.admin.record(partition, at: 0))
            let value = String(decoding: record.value ?? [], as: UTF8.self)
            if value.contains(#""op":"r""#) { reads += 1 }
            #expect(record.timestamp >= began && record.timestamp <= Int64(Date.now.timeIntervalSince1970 * 1_000))
        }
        #expect(reads > 0)
    }

    private static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    private static let poison = Array(
        #"{"op":"u","after":{"id":"no number"},"source":{"table":"match","txId":1}}"#.utf8)

    /// A record that no decoder can read, with a trace and a time of its own: not too old, or a broker's retention
    /// takes it away at once.
    private func poison(_ bench: CaptureBench, at time: Int64) throws {
        let producer = try KafkaProducer(bench.kafka)
        try producer.produce(
            topic: bench.topic("match"), key: Array("poison".utf8), value: Self.poison,
            headers: [RecordHeader(name: "traceparent", value: Array(Self.trace.utf8))], timestamp: time)
        try producer.flush(within: 30_000)
    }

    /// It is dead-lettered as it came.
    private func checkLetter(_ bench: CaptureBench, from time: Int64) async throws {
        let topic = "\(bench.topic("match")).dlq"
        var letters: [RecordCopy] = []
        for number in 0..<Int32(CaptureBench.partitions) {
            let partition = Partition(topic: topic, number: number)
            let (low, high) = try bench.admin.watermarks(partition)
            for offset in low..<high {
                if let letter = try bench.admin.record(partition, at: offset) { letters.append(letter) }
            }
        }
        let letter = try #require(letters.count == 1 ? letters[0] : nil)
        #expect(letter.value == Self.poison)
        #expect(letter.timestamp == time)
        let headers = Dictionary(letter.headers.map { ($0.name, $0.value ?? []) }, uniquingKeysWith: { $1 })
        #expect(headers["traceparent"] == Array(Self.trace.utf8))
        #expect(headers["freshet-error-class"] == Array("invalid-id".utf8))
    }
}
