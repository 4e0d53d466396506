import Foundation
import FreshetCore
import FreshetWorker
import KafkaLink
import TestServers
import Testing

/// A real Kafka that refuses: rights that are missing are an outage, a letter that is too large is not.
@Suite(.enabled(if: KafkaServer.canStart)) struct KafkaStateTests {
    @Test func missingRightsAreAPause() async throws {
        let server = try #require(try KafkaServer.start(settings: KafkaRights.settings))
        let bench = try WorkerBench(.real, special: .init(kafka: server))
        let rights = try KafkaRights(server.bootstrap)
        let scene = try await WorkerScene(bench)
        try await scene.endure(
            "TOPIC_AUTHORIZATION_FAILED", advice: "Read and Describe",
            breaking: { try rights.leave([.write, .describe], on: .topic(bench.topic)) },
            mending: { try rights.restore(.topic(bench.topic)) })
        try await scene.endure(
            "GROUP_AUTHORIZATION_FAILED", advice: "kafka.group",
            breaking: { try rights.leave([.describe], on: .group(bench.group)) },
            mending: { try rights.restore(.group(bench.group)) })
        let letters = "\(bench.topic).dlq"
        try rights.leave([.describe], on: .topic(letters))
        try scene.play.produce(bytes: Array("{".utf8), key: nil)
        try scene.play.flush()
        try await scene.paused("TOPIC_AUTHORIZATION_FAILED", advice: "dead-letter topics")
        try rights.restore(.topic(letters))
        try await scene.recovered()
        #expect(try await bench.counts(scene.play).deadLettered == 1)
        try await scene.finish(letters: 1)
    }

    /// The letter beside it arrives whole; what is left of the large one says where the record stands.
    @Test func aLetterThatIsTooLargeIsCut() async throws {
        let bench = try WorkerBench(.real)
        try KafkaAdmin(bench.kafka).createTopic(
            "\(bench.topic).dlq", partitions: WorkerBench.partitions, configuration: ["max.message.bytes": "4000"])
        let scene = try await WorkerScene(bench)
        // Noise, so that compression doesn't help.
        let large = (0..<10_000).map { _ in UInt8.random(in: 97...122) }
        try scene.play.produce(bytes: large, key: Array("large".utf8))
        try scene.play.produce(bytes: Array("{".utf8), key: Array("small".utf8))
        try scene.play.flush()
        try await scene.recovered()
        let records = try bench.records(of: "\(bench.topic).dlq")
        let found = Dictionary(
            records.map { (String(decoding: $0.key ?? [], as: UTF8.self), $0) }, uniquingKeysWith: { first, _ in first }
        )
        #expect(found["small"]?.value == Array("{".utf8))
        let remnant = try #require(found["large"])
        #expect(remnant.value == nil)
        let head = try #require(LetterHead(ours: remnant.headers))
        #expect(head.isLost && head.reason == "malformed-json" && head.message.contains("MSG_SIZE_TOO_LARGE"))
        #expect(head.origin.partition.topic == bench.topic)
        #expect(try await bench.counts(scene.play).deadLettered == 2)
        _ = try await scene.worker.stop()
    }
}
