import Foundation
import FreshetCore
import KafkaLink
import TestServers
import Testing

/// A season that was announced and applied by a worker that has ended: something happens, and the next one starts.
final class OffsetScene {
    let bench: WorkerBench
    private(set) var play: LeaguePlay
    let admin: KafkaAdmin
    let first: WorkerProcess
    private var number = 1

    init(_ brokers: KafkaBrokers, ownPostgres: Bool = false, extra: String = "") async throws {
        bench = try WorkerBench(brokers, ownPostgres: ownPostgres, extra: extra)
        play = try LeaguePlay(bench)
        admin = try KafkaAdmin(bench.kafka)
        try play.announceAll()
        first = try bench.worker()
        try await first.ready()
        try await bench.catchUp(play)
        _ = try await first.stop()
        try await bench.isLeft()
    }

    /// After `event` the next worker finds this class for every partition of the topic (or for some), acts by this
    /// strategy, and leaves nothing stale.
    func between(
        _ found: String, _ strategy: String, atLeast: Int = WorkerBench.partitions, event: () async throws -> Void
    ) async throws {
        try await event()
        if found != "none" {
            let rows = try describe()
            #expect(rows.filter { $0["class"] as? String == found }.count >= atLeast, "\(rows)")
        }
        number += 1
        let worker = try bench.worker("worker-\(number)")
        try await worker.ready()
        try await bench.catchUp(play)
        let decided = worker.found(found, strategy, topic: bench.topic)
        #expect(decided >= atLeast && decided <= WorkerBench.partitions, "\(found): \(decided) \(worker.output)")
        let verdict = try await CacheOracle(bench: bench).compare()
        #expect(verdict.stale == [], "\(found)")
        let account = try await worker.stop()
        #expect(account.count("adds-up") == 1)
        try await bench.isLeft()
        if found != "none" {
            let rows = try describe().compactMap { $0["last-decision"] as? [String: Any] }
            #expect(rows.filter { $0["found"] as? String == found }.count >= atLeast, "\(rows)")
        }
        #expect(try describe().allSatisfy { $0["class"] as? String == "none" }, "after \(found)")
    }

    /// `freshet offsets describe`, its rows of the topic.
    func describe(_ config: String? = nil) throws -> [[String: Any]] {
        let done = try DlqProcess(
            ["offsets", "describe", "--config", config ?? bench.config, "--output", "json", "--topic", bench.topic],
            folder: bench.folder.path, input: nil
        ).end()
        #expect(done.code == 0, "\(done.err)")
        let json = try JSONSerialization.jsonObject(with: Data(done.out.utf8)) as? [String: Any]
        return json?["partitions"] as? [[String: Any]] ?? []
    }

    func replaceTopic() async throws {
        try admin.deleteTopic(bench.topic)
        let producer = play
        try await wait("the topic is there again") {
            (try? self.admin.createTopic(self.bench.topic, partitions: WorkerBench.partitions)) != nil
        }
        producer.forgetEnds()
        try await wait("it takes records") {
            (0..<Int32(WorkerBench.partitions)).allSatisfy { number in
                (try? self.admin.watermarks(Partition(topic: self.bench.topic, number: number)))?.high == 0
            }
        }
    }
}

extension WorkerProcess {
    /// How often this class was found and this strategy taken.
    func found(_ found: String, _ strategy: String, topic: String? = nil) -> Int {
        said("recovery-decided").filter { line in
            line.contains(#""found":"\#(found)""#) && line.contains(#""strategy":"\#(strategy)""#)
                && (topic.map { line.contains("\($0)[") } ?? true)
        }.count
    }
}
